// SPDX-License-Identifier: Apache-2.0

import Digests
import HTTP
package import Reactor
package import TLS
import WebSocket

/// A client's side of one WebSocket, from connecting to closing; used once.
///
/// It reports to its owner through `onEvent`, never from inside a call of the owner's.
package final class WebSocketClient {
    package enum Event {
        case opened
        case text([UInt8])
        case binary([UInt8])
        /// The server's close frame; 1005 when it had no code (RFC 6455 §7.1.5).
        case closed(code: UInt16, reason: String)
        /// It never opened, or broke without a close frame.
        case failed(String)
    }

    private enum State {
        case idle
        case connecting
        /// The TLS handshake.
        case securing
        case handshaking(HTTPResponseHeadParser)
        case open
        /// A close frame went out; only its answer is waited for.
        case closing
        case ended
    }

    /// How long the server may take to answer a close frame.
    private static let closeTimeout = Duration.seconds(2)

    /// Called for each event; nil once the client has ended.
    package var onEvent: ((Event) -> Void)?

    private let loop: EventLoop
    private let url: ServerURL
    private let buffer: ReceiveBuffer
    /// What TLS is spoken with.
    private let security: TLSClient?
    private let limits: WebSocketLimits
    private let handshake: ClientHandshake
    private var generator = SystemRandomNumberGenerator()
    private var state = State.idle
    private var socket: Descriptor?
    private var tls: TLSSession?
    private var registration: Registration?
    private var endpoint = WebSocketEndpoint(receivingFrom: .server)
    private var outgoing: [UInt8] = []
    private var sentByteCount = 0
    private var closeTimer: TimerID?
    private var isReadingPaused = false

    /// `security`: for `wss://`; nil: whom the system trusts.
    package init(
        loop: EventLoop,
        url: ServerURL,
        buffer: ReceiveBuffer,
        maximumMessageByteCount: Int,
        security: TLSClient? = nil
    ) {
        self.security = security
        self.loop = loop
        self.url = url
        self.buffer = buffer
        limits = WebSocketLimits(maximumMessageByteCount: maximumMessageByteCount)
        let nonce = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        handshake = ClientHandshake(key: HandshakeKey(randomBytes: nonce))
    }

    /// Starts to connect.
    package func open() {
        guard case .idle = state else { return }
        do throws(SystemError) {
            let socket = try Socket.connect(url.address)
            Socket.setNoDelay(socket.raw)
            registration = try loop.add(socket.raw, .writable, handler: self)
            self.socket = consume socket
            state = .connecting
        } catch {
            // Not from inside this call.
            loop.deferToEndOfTurn { self.end(.failed(error.description)) }
        }
    }

    package func send(text: [UInt8]) {
        send(.text, text)
    }

    package func send(binary: [UInt8]) {
        send(.binary, binary)
    }

    /// Sends bytes as they are, well-formed or not: for tests of a server.
    package func send(raw bytes: [UInt8]) {
        outgoing += bytes
        flush()
    }

    /// Leaves what comes in the socket, as a viewer on a bad network does: for tests of a server.
    package func pauseReading() {
        setReadingPaused(true)
    }

    package func resumeReading() {
        setReadingPaused(false)
    }

    private func setReadingPaused(_ isPaused: Bool) {
        isReadingPaused = isPaused
        switch state {
        case .open, .closing: flush()
        case .idle, .connecting, .securing, .handshaking, .ended: break
        }
    }

    /// Begins the close handshake; nothing is reported any more.
    package func close(code: UInt16, reason: String = "") {
        onEvent = nil
        switch state {
        case .open:
            let payload = ClosePayload(code: CloseCode(rawValue: code), reason: reason)
            guard let payload = endpoint.close(payload) else { return }
            sendFrame(.close, payload.bytes)
            guard case .open = state else { return }
            state = .closing
            closeTimer = loop.schedule(after: Self.closeTimeout) { self.abort() }
        default:
            abort()
        }
    }

    /// Drops the connection without a word.
    package func abort() {
        if let registration { loop.remove(registration) }
        if let closeTimer { loop.cancel(closeTimer) }
        registration = nil
        closeTimer = nil
        tls = nil
        socket = nil
        state = .ended
        onEvent = nil
    }

    private func send(_ opcode: Opcode, _ payload: [UInt8]) {
        guard case .open = state else { return }
        sendFrame(opcode, payload)
    }

    private func sendFrame(_ opcode: Opcode, _ payload: [UInt8]) {
        let key = UInt32.random(in: .min ... .max, using: &generator)
        outgoing += FrameEncoder.encode(opcode, payload, maskingKey: key)
        flush()
    }

    private func end(_ event: Event) {
        let report = onEvent
        abort()
        report?(event)
    }
}

/// What the socket is ready for.
extension WebSocketClient: EventHandler {
    package func handle(_ readiness: Readiness) {
        if case .connecting = state {
            finishConnecting()
            return
        }
        if case .securing = state {
            secure()
            return
        }
        if readiness.contains(.writable) { flush() }
        // A reset is reported whatever is watched; that is the end, paused or not.
        if !readiness.isDisjoint(with: [.readable, .closedByPeer, .hangUp, .failed]) { receive() }
    }

    private func finishConnecting() {
        guard let raw = socket?.raw else { return }
        let code = Socket.pendingError(raw)
        guard code == 0 else {
            end(.failed(SystemError(operation: "connect \(url.address)", code: code).description))
            return
        }
        guard let peerName = url.peerName else { return beginHandshake() }
        do throws(TLSError) {
            let trusted: TLSClient
            if let security {
                trusted = security
            } else {
                trusted = try TLSClient(trusting: .system)
            }
            tls = trusted.session(on: raw, to: peerName)
        } catch {
            return end(.failed("TLS: \(error)"))
        }
        guard tls != nil else { return end(.failed("TLS: out of memory")) }
        state = .securing
        secure()
    }

    private func secure() {
        guard let tls, let registration else { return }
        switch tls.handshake() {
        case .done: beginHandshake()
        case .waiting(let interest): loop.modify(registration, interest)
        case .failed(let reason): end(.failed("no TLS with \(url.host): \(reason)"))
        }
    }

    private func beginHandshake() {
        state = .handshaking(HTTPResponseHeadParser(limits: HTTPLimits()))
        outgoing = handshake.request(target: url.target, host: url.host)
        flush()
    }

    private func flush() {
        guard let raw = socket?.raw, let registration else { return }
        while sentByteCount < outgoing.count {
            switch tls?.send(outgoing, from: sentByteCount)
                ?? Socket.send(raw, outgoing, from: sentByteCount)
            {
            case .transferred(let count):
                sentByteCount += count
            case .wouldBlock:
                loop.modify(registration, interest.union(.writable))
                return
            case .endOfStream, .failed:
                // Reading finds out why, after what the server still said.
                outgoing = []
            }
        }
        outgoing = []
        sentByteCount = 0
        loop.modify(registration, interest)
    }

    private var interest: Interest { isReadingPaused ? [] : .readable }

    private func receive() {
        guard let raw = socket?.raw else { return }
        // One record at most; the socket stays readable while there is more.
        switch tls?.receive(into: &buffer.bytes) ?? Socket.receive(raw, into: &buffer.bytes) {
        case .transferred(let count): take(count)
        case .wouldBlock: break
        case .endOfStream: end(.failed("the server closed the connection"))
        case .failed(let error): end(.failed(error.description))
        }
    }

    /// Takes the first `count` bytes of the buffer.
    private func take(_ count: Int) {
        // Shares the buffer's storage; nothing is received before this returns.
        let received = buffer.bytes
        let bytes = received.span.extracting(first: count)
        var offset = 0
        if case .handshaking(var parser) = state {
            do {
                let head = try parser.parse(bytes, from: &offset)
                state = .handshaking(parser)
                guard let head else { return }
                let digest = SHA1.digest(handshake.key.acceptInput)
                try handshake.check(head, acceptDigest: digest)
            } catch {
                end(.failed("no WebSocket at \(url): \(Self.explain(error))"))
                return
            }
            state = .open
            onEvent?(.opened)
        }
        while let action = endpoint.receive(bytes, from: &offset, limits: limits) {
            perform(action)
            if case .ended = state { return }
        }
    }

    private func perform(_ action: WebSocketEndpoint.Action) {
        switch action {
        case .deliverText(let bytes): onEvent?(.text(bytes))
        case .deliverBinary(let bytes): onEvent?(.binary(bytes))
        case .sendPong(let payload): sendFrame(.pong, payload)
        // Compressed messages come only where they were asked for, which this client does not.
        case .receivedPong, .inflate: break
        case .finish(let answer, let ending):
            if let answer { sendFrame(.close, answer.bytes) }
            switch ending {
            case .closedByPeer(let payload), .closeAnswered(let payload):
                let noCode: UInt16 = 1005
                let code = payload.code?.rawValue ?? noCode
                end(.closed(code: code, reason: payload.reason))
            case .violation(let error):
                end(.failed("the server broke the WebSocket protocol: \(error.reason)"))
            }
        }
    }

    private static func explain(_ error: any Error) -> String {
        switch error {
        case ClientHandshake.Failure.refused(let status): "HTTP status \(status.code)"
        case is HTTPResponseError: "the answer is not HTTP"
        default: "the answer does not accept the upgrade"
        }
    }
}
