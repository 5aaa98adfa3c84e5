// SPDX-License-Identifier: Apache-2.0

import Client
import JSON
import Reactor
import Testing

/// A WebSocket whose every frame the test writes itself, for what no client of ours would send.
final class RawClient {
    /// Replies and pushes, in the order in which they came.
    private(set) var received: [JSONValue] = []
    /// Pings of the client protocol, which it leaves unanswered.
    private(set) var pingCount = 0
    private(set) var closeCode: UInt16?
    private var isOpen = false
    private let loop: EventLoop
    private let socket: WebSocketClient

    init(_ server: TallyServer, on loop: EventLoop) throws {
        self.loop = loop
        socket = WebSocketClient(
            loop: loop,
            url: try server.url(),
            buffer: ReceiveBuffer(),
            maximumMessageByteCount: 16 << 20
        )
        socket.onEvent = { [unowned self] in take($0) }
        socket.open()
        try wait(for: "the handshake") { isOpen }
    }

    deinit {
        socket.abort()
    }

    func send(_ lines: String...) {
        socket.send(text: Array(lines.joined(separator: "\n").utf8))
    }

    /// Waits for the reply to a command.
    func reply(_ id: Int64) throws -> JSONValue {
        try wait(for: "reply \(id)") { received.contains { $0["id"]?.integer == id } }
        return try #require(received.first { $0["id"]?.integer == id })
    }

    /// Waits for the reply to a command, and answers its error code; nil for a success.
    func refusal(_ id: Int64) throws -> Int64? {
        try reply(id)["error"]?["code"]?.integer
    }

    func waitForClose() throws -> UInt16 {
        try wait(for: "the close frame") { closeCode != nil }
        return try #require(closeCode)
    }

    func wait(for what: String, until condition: () -> Bool) throws {
        let deadline = MonotonicTime.now() + Viewer.patience
        while !condition() {
            let left = deadline - .now()
            guard left > .zero else { throw TallyServer.Failure("timed out waiting for \(what)") }
            try loop.runOnce(maximumWait: left)
        }
    }

    private func take(_ event: WebSocketClient.Event) {
        switch event {
        case .opened: isOpen = true
        case .text(let bytes):
            let limits = JSONLimits(maximumByteCount: 16 << 20, maximumDepth: 64)
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                guard let value = try? JSONValue.parse(Array(line), limits: limits) else {
                    continue
                }
                if value.count == 0 { pingCount += 1 } else { received.append(value) }
            }
        case .binary: break
        case .closed(let code, _): closeCode = code
        case .failed: closeCode = 0
        }
    }
}
