// SPDX-License-Identifier: Apache-2.0

package import Client
import ClientProtocol
import HTTP
package import Reactor

/// Sends the messages whose deliveries are measured.
package protocol Publisher: AnyObject {
    /// Sends one message that has this in it.
    func send(_ text: [UInt8])
    /// Whether it may send now: connected, and accepted.
    var isReady: Bool { get }
    /// Messages that the server did not take.
    var refusedCount: Int { get }
    /// Why it cannot go on; empty: it can.
    var failure: String { get }
}

/// Sends comments to a live stream of a Tally's.
package final class CommentPublisher: Publisher {
    package private(set) var isReady = false
    package private(set) var refusedCount = 0
    package private(set) var failure = ""

    private let client: Client
    private let stream: String

    /// Its token should allow `pub`, and `mod` too, since moderators are exempt from limits that are
    /// made for people.
    package init(loop: EventLoop, url: ServerURL, options: ClientOptions, stream: String) {
        client = Client(loop: loop, url: url, options: options)
        self.stream = stream
        client.onEvent = { [unowned self] event in
            switch event {
            case .connected: isReady = true
            case .disconnected: isReady = false
            default: break
            }
        }
        client.start()
    }

    package func send(_ text: [UInt8]) {
        // Stamps and padding are plain ASCII, so nothing needs an escape.
        let data =
            Array(#"{"stream":""#.utf8) + stream.utf8 + #"","text":""#.utf8 + text + #""}"#.utf8
        client.request(.rpc(method: "comment.send", data: data)) { [unowned self] result in
            guard case .failure(let error) = result else { return }
            refusedCount += 1
            if failure.isEmpty { failure = "a comment was refused: " + Self.words(for: error) }
        }
    }

    private static func words(for failure: RequestFailure) -> String {
        switch failure {
        case .refused(let error): "error \(error.code), \(error.message)"
        default: "\(failure)"
        }
    }
}

/// Sends frames to a WebSocket server that passes each on to all.
package final class FramePublisher: Publisher {
    package private(set) var isReady = false
    package let refusedCount = 0
    package private(set) var failure = ""

    private let socket: WebSocketClient

    package init(loop: EventLoop, url: ServerURL) {
        socket = WebSocketClient(
            loop: loop,
            url: url,
            buffer: ReceiveBuffer(),
            maximumMessageByteCount: 1 << 20
        )
        socket.onEvent = { [unowned self] event in
            switch event {
            case .opened: isReady = true
            // It is one of all, so its own messages come back to it, too.
            case .text, .binary: break
            case .closed(let code, let reason): fail("closed: \(code) \(reason)")
            case .failed(let reason): fail(reason)
            }
        }
        socket.open()
    }

    package func send(_ text: [UInt8]) { socket.send(text: text) }

    private func fail(_ reason: String) {
        isReady = false
        failure = "the publisher's connection: \(reason)"
    }
}

/// Posts messages to an HTTP address that passes each body on to all, one after another.
package final class PostPublisher: Publisher, EventHandler {
    package private(set) var isReady = false
    package private(set) var refusedCount = 0
    package private(set) var failure = ""

    private let loop: EventLoop
    private let url: ServerURL
    private let socket: Descriptor
    private var registration: Registration?
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    private var unsent = UnsentBytes()
    private var answer = AnswerReader()

    package init(loop: EventLoop, url: ServerURL) throws(SystemError) {
        self.loop = loop
        self.url = url
        socket = try Socket.connect(url.address)
        Socket.setNoDelay(socket.raw)
        registration = try loop.add(socket.raw, .writable, handler: self)
    }

    deinit {
        if let registration { loop.remove(registration) }
    }

    package func send(_ text: [UInt8]) {
        let head =
            "POST \(url.target) HTTP/1.1\r\nHost: \(url.host)\r\nContent-Type: text/plain\r\n"
            + "Content-Length: \(text.count)\r\n\r\n"
        unsent.append(head.utf8 + text)
        flush()
    }

    package func handle(_ readiness: Readiness) {
        if !isReady {
            let code = Socket.pendingError(socket.raw)
            guard code == 0 else {
                fail(SystemError(operation: "connect \(url.address)", code: code).description)
                return
            }
            isReady = true
        }
        if readiness.contains(.writable) { flush() }
        guard !readiness.isDisjoint(with: [.readable, .closedByPeer, .hangUp, .failed]) else {
            return
        }
        switch Socket.receive(socket.raw, into: &buffer) {
        case .transferred(let count): take(count)
        case .wouldBlock: break
        case .endOfStream: fail("the server closed the connection")
        case .failed(let error): fail(error.description)
        }
    }

    private func take(_ count: Int) {
        let received = buffer
        do {
            try answer.read(received.span.extracting(first: count)) { status in
                guard !(200..<300).contains(status.code) else { return }
                refusedCount += 1
                if failure.isEmpty { failure = "\(url): HTTP status \(status.code)" }
            }
        } catch {
            fail("no HTTP")
        }
    }

    private func flush() {
        guard let registration else { return }
        _ = unsent.flush(to: socket.raw)
        loop.modify(registration, unsent.interest)
    }

    private func fail(_ reason: String) {
        if let registration { loop.remove(registration) }
        registration = nil
        isReady = false
        failure = "publishing at \(url): \(reason)"
    }
}

/// Reads answers one after another; of each only the status counts.
struct AnswerReader {
    private var parser = HTTPResponseHeadParser(limits: HTTPLimits())
    private var missingBodyByteCount = 0

    init() {}

    mutating func read(
        _ bytes: Span<UInt8>,
        onAnswer: (HTTPStatus) -> Void
    ) throws(HTTPResponseError) {
        var offset = 0
        while offset < bytes.count {
            let skipped = min(missingBodyByteCount, bytes.count - offset)
            offset += skipped
            missingBodyByteCount -= skipped
            guard offset < bytes.count else { return }
            guard let head = try parser.parse(bytes, from: &offset) else { return }
            parser = HTTPResponseHeadParser(limits: HTTPLimits())
            // Bodies of unknown length would need a decoder; no server answers a POST like that here.
            guard let length = Int(head.headers["content-length"] ?? "0"), length >= 0 else {
                throw .badHeader
            }
            missingBodyByteCount = length
            onAnswer(head.status)
        }
    }
}
