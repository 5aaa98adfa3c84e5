// SPDX-License-Identifier: Apache-2.0

import JSON
import Reactor

/// Lines of JSON between the process that measures and one that is a load, over a Unix socket.
final class ControlLink: EventHandler {
    /// Of what is said: a full histogram has some thousand values.
    private static let limits = JSONLimits(maximumByteCount: 8 << 20, maximumDepth: 8)

    /// nil: the other side is gone, or talks nonsense.
    var onLine: ((JSONValue?) -> Void)?

    private let loop: EventLoop
    private let socket: Descriptor
    private var registration: Registration?
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    private var line: [UInt8] = []
    private var unsent = UnsentBytes()

    init(loop: EventLoop, socket: consuming Descriptor) throws(SystemError) {
        self.loop = loop
        self.socket = socket
        registration = try loop.add(self.socket.raw, .readable, handler: self)
    }

    func end() {
        if let registration { loop.remove(registration) }
        registration = nil
        onLine = nil
    }

    func send(_ writeMembers: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.beginObject()
        writeMembers(&json)
        json.endObject()
        unsent.append(json.bytes + [UInt8(ascii: "\n")])
        flush()
    }

    func handle(_ readiness: Readiness) {
        if readiness.contains(.writable) { flush() }
        guard !readiness.isDisjoint(with: [.readable, .closedByPeer, .hangUp, .failed]) else {
            return
        }
        switch Socket.receive(socket.raw, into: &buffer) {
        case .transferred(let count): take(count)
        case .wouldBlock: break
        case .endOfStream, .failed: fail()
        }
    }

    private func take(_ count: Int) {
        for byte in buffer[..<count] {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            let complete = line
            line = []
            guard let value = try? JSONValue.parse(complete, limits: Self.limits) else {
                fail()
                return
            }
            onLine?(value)
        }
        if line.count > Self.limits.maximumByteCount { fail() }
    }

    private func flush() {
        guard let registration else { return }
        _ = unsent.flush(to: socket.raw)
        loop.modify(registration, unsent.interest)
    }

    private func fail() {
        let report = onLine
        end()
        report?(nil)
    }
}
