// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import HTTP
import Reactor
import WebSocket

/// One viewer of a crowd: a socket, and as little else as a load can be made of.
///
/// Unlike `Client` it decodes nothing once it is subscribed, so that what serves is measured and not
/// what asks.
final class LoadViewer: EventHandler {
    enum State {
        case connecting
        case handshaking
        case greeted
        case watching
        case ended
    }

    private(set) var state = State.connecting
    let startedAt = MonotonicTime.now()

    private unowned let crowd: LoadCrowd
    private var socket: Descriptor?
    private var registration: Registration?
    private var parser: HTTPResponseHeadParser?
    private var frames = FrameReader()
    private var unsent = UnsentBytes()

    init(crowd: LoadCrowd) throws(SystemError) {
        self.crowd = crowd
        let socket = try Socket.connect(crowd.target.url.address)
        Socket.setNoDelay(socket.raw)
        self.socket = consume socket
    }

    func start() throws(SystemError) {
        guard let raw = socket?.raw else { return }
        registration = try crowd.loop.add(raw, .writable, handler: self)
    }

    /// Drops the connection without a word, as a lost network does.
    func drop() {
        if let registration { crowd.loop.remove(registration) }
        registration = nil
        socket = nil
        parser = nil
        unsent = UnsentBytes()
        state = .ended
    }

    func handle(_ readiness: Readiness) {
        if case .connecting = state {
            finishConnecting()
            return
        }
        if readiness.contains(.writable) { flush() }
        if !readiness.isDisjoint(with: [.readable, .closedByPeer, .hangUp, .failed]) { receive() }
    }

    private func finishConnecting() {
        guard let raw = socket?.raw else { return }
        let code = Socket.pendingError(raw)
        guard code == 0 else {
            let error = SystemError(operation: "connect \(crowd.target.url.address)", code: code)
            fail(error.description)
            return
        }
        state = .handshaking
        parser = HTTPResponseHeadParser(limits: HTTPLimits())
        send(crowd.upgrade)
    }

    private func send(_ bytes: [UInt8]) {
        unsent.append(bytes)
        flush()
    }

    private func flush() {
        guard let raw = socket?.raw, let registration else { return }
        crowd.counts.sentByteCount += unsent.flush(to: raw)
        crowd.loop.modify(registration, unsent.interest)
    }

    private func receive() {
        guard let raw = socket?.raw else { return }
        switch Socket.receive(raw, into: &crowd.buffer) {
        case .transferred(let count):
            crowd.counts.receivedByteCount += count
            take(count)
        case .wouldBlock: break
        case .endOfStream: fail("the server closed the connection")
        case .failed(let error): fail(error.description)
        }
    }

    private func take(_ count: Int) {
        // Shares the storage; nothing is received before this returns.
        let received = crowd.buffer
        let bytes = received.span.extracting(first: count)
        var offset = 0
        if parser != nil {
            guard openWebSocket(bytes, from: &offset) else { return }
        }
        let before = frames.frameCount
        while let event = frames.next(bytes, from: &offset, stamps: &crowd.stamps) {
            switch event {
            case .message(let range, let isCompressed):
                took(bytes.extracting(range), isCompressed: isCompressed)
            case .assembled(let message, let isCompressed):
                took(message.span, isCompressed: isCompressed)
            case .ping(let payload): send(FrameEncoder.encode(.pong, payload, maskingKey: 0))
            case .close(let payload): fail(Self.words(ofClose: payload))
            case .violation: fail("the server broke the WebSocket protocol")
            }
            if case .ended = state { return }
        }
        crowd.counts.frameCount += frames.frameCount - before
        crowd.recordDeliveries()
    }

    /// - Returns: whether the handshake is done.
    private func openWebSocket(_ bytes: Span<UInt8>, from offset: inout Int) -> Bool {
        do {
            guard let head = try parser?.parse(bytes, from: &offset) else { return false }
            try crowd.check(head)
        } catch ClientHandshake.Failure.refused(let status) {
            fail("no WebSocket at \(crowd.target.url): HTTP status \(status.code)")
            return false
        } catch let error as BenchError {
            fail(error.description)
            return false
        } catch {
            fail("no WebSocket at \(crowd.target.url)")
            return false
        }
        parser = nil
        switch crowd.target.manner {
        case .raw: watch()
        case .tally:
            state = .greeted
            send(crowd.greeting)
        }
        return true
    }

    private func took(_ message: Span<UInt8>, isCompressed: Bool) {
        if isCompressed {
            guard crowd.inflate(message, then: { took($0.span, isCompressed: false) }) else {
                fail("a compressed message cannot be read")
                return
            }
            return
        }
        if message.count == 2, message[0] == UInt8(ascii: "{") {
            send(LoadCrowd.pong)
            return
        }
        switch state {
        case .greeted:
            guard let reason = crowd.refusal(in: message) else {
                if crowd.isSubscribeAnswer(message) { watch() }
                return
            }
            fail(reason)
        case .watching: crowd.readStamps(of: message)
        case .connecting, .handshaking, .ended: break
        }
    }

    private func watch() {
        state = .watching
        frames.attention = .stamps
        crowd.began(self)
    }

    private func fail(_ reason: String) {
        let was = state
        drop()
        crowd.lost(self, in: was, because: reason)
    }

    private static func words(ofClose payload: [UInt8]) -> String {
        guard payload.count >= 2 else { return "the server closed the WebSocket" }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        let reason = String(decoding: payload.dropFirst(2), as: UTF8.self)
        return "the server closed the WebSocket: \(code) \(reason)"
    }
}
