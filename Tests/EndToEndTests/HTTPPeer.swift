// SPDX-License-Identifier: Apache-2.0

import Client
import Reactor

/// A client's bare socket that asks over plain HTTP and keeps all that comes.
final class HTTPPeer: EventHandler {
    private let loop: EventLoop
    private var descriptor: Descriptor?
    private var registration: Registration?
    private var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    private(set) var text = ""
    private(set) var hasEnded = false

    init(_ server: TallyServer, on loop: EventLoop) throws {
        self.loop = loop
        let descriptor = try Socket.connect(try server.url().address)
        registration = try loop.add(descriptor.raw, [.readable], handler: self)
        self.descriptor = consume descriptor
    }

    deinit { close() }

    /// Sends a GET, whose few bytes the kernel takes at once.
    func get(_ target: String, _ headers: [String]) throws {
        text = ""
        try send(Array(Self.request(target, headers).utf8))
    }

    /// The text of a GET.
    static func request(_ target: String, _ headers: [String]) -> String {
        let lines = ["GET \(target) HTTP/1.1", "Host: a"] + headers + ["", ""]
        return lines.joined(separator: "\r\n")
    }

    /// Sends a few bytes, which the kernel takes at once.
    func send(_ bytes: [UInt8]) throws {
        guard let raw = descriptor?.raw else { throw TallyServer.Failure("the socket is closed") }
        // A connection attempt on loopback is over by the next turn at the latest.
        for _ in 0..<100 {
            if case .transferred(bytes.count) = Socket.send(raw, bytes, from: 0) { return }
            try loop.runOnce(maximumWait: .milliseconds(10))
        }
        throw TallyServer.Failure("the request was not sent")
    }

    /// Waits until what came holds a text.
    func wait(for part: String) throws {
        try wait(for: part) { text.contains(part) }
    }

    func wait(for what: String, until condition: () -> Bool) throws {
        let deadline = MonotonicTime.now() + Viewer.patience
        while !condition() {
            let left = deadline - .now()
            guard left > .zero, !hasEnded else {
                throw TallyServer.Failure("waited for \(what) and got \(text)")
            }
            try loop.runOnce(maximumWait: left)
        }
    }

    func close() {
        if let registration { loop.remove(registration) }
        registration = nil
        descriptor = nil
    }

    func handle(_ readiness: Readiness) {
        while let raw = descriptor?.raw {
            switch Socket.receive(raw, into: &buffer) {
            case .transferred(let count): text += String(decoding: buffer[..<count], as: UTF8.self)
            case .wouldBlock: return
            case .endOfStream, .failed:
                hasEnded = true
                close()
            }
        }
    }
}
