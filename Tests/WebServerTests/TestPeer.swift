// SPDX-License-Identifier: Apache-2.0

import Reactor

/// A client's bare socket on the server's own loop.
final class TestPeer: EventHandler {
    private let loop: EventLoop
    private var descriptor: Descriptor?
    private var registration: Registration?
    private var outgoing: [UInt8] = []
    private var sentCount = 0
    private var buffer = [UInt8](repeating: 0, count: 64 * 1024)

    private(set) var received: [UInt8] = []

    /// Whether the server ended the connection in order.
    private(set) var hasEnded = false

    /// Whether the connection broke.
    private(set) var hasFailed = false

    var isReading = true {
        didSet { updateInterest() }
    }

    init(connectingTo address: SocketAddress, _ loop: EventLoop) throws {
        self.loop = loop
        let descriptor = try Socket.connect(address)
        registration = try loop.add(descriptor.raw, [.readable], handler: self)
        self.descriptor = consume descriptor
    }

    var text: String { String(decoding: received, as: UTF8.self) }

    var isOver: Bool { hasEnded || hasFailed }

    var hasSentAll: Bool { sentCount == outgoing.count }

    func send(_ bytes: [UInt8]) {
        outgoing.append(contentsOf: bytes)
        updateInterest()
    }

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    func forgetReceived() {
        received = []
    }

    func endSending() {
        if let raw = descriptor?.raw { Socket.shutdownSending(raw) }
    }

    func close() {
        if let registration { loop.remove(registration) }
        registration = nil
        descriptor = nil
    }

    func handle(_ readiness: Readiness) {
        if readiness.contains(.writable) { write() }
        if isReading || readiness.contains(.failed) { read() }
        if !isOver { updateInterest() }
    }

    private func write() {
        while sentCount < outgoing.count, let raw = descriptor?.raw {
            guard case .transferred(let count) = Socket.send(raw, outgoing, from: sentCount) else {
                return
            }
            sentCount += count
        }
    }

    private func read() {
        while let raw = descriptor?.raw {
            switch Socket.receive(raw, into: &buffer) {
            case .transferred(let count):
                received.append(contentsOf: buffer[..<count])
            case .wouldBlock:
                return
            case .endOfStream:
                hasEnded = true
                close()
            case .failed:
                hasFailed = true
                close()
            }
        }
    }

    private func updateInterest() {
        guard let registration else { return }
        var interest: Interest = []
        if isReading { interest.insert(.readable) }
        if !hasSentAll { interest.insert(.writable) }
        loop.modify(registration, interest)
    }
}
