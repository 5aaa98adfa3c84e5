// SPDX-License-Identifier: Apache-2.0

import JSON
import Reactor

/// A client that reads a channel as an `EventSource` does: it comes back with the last id that it saw.
final class EventReader {
    /// What `data` of a publication says, in the order in which they came.
    private(set) var comments: [String] = []
    private(set) var offsets: [UInt64] = []
    /// What each coming back was told of what it missed.
    private(set) var recoveries: [Bool] = []
    private(set) var lastID: String?
    private(set) var connectionCount = 0
    private let server: TallyServer
    private let loop: EventLoop
    private let target: String
    private var peer: HTTPPeer?
    private var readCount = 0

    init(_ server: TallyServer, on loop: EventLoop, _ target: String) throws {
        self.server = server
        self.loop = loop
        self.target = target
        try open()
        try wait(for: "the stream") { recoveries.count == 1 || lastID != nil }
    }

    func wait(for what: String, until condition: () -> Bool) throws {
        let deadline = MonotonicTime.now() + Viewer.patience
        while true {
            read()
            if condition() { return }
            guard MonotonicTime.now() < deadline else {
                throw TallyServer.Failure("timed out waiting for \(what)")
            }
            if peer?.hasEnded != false { try open() }
            try loop.runOnce(maximumWait: .milliseconds(50))
        }
    }

    private func open() throws {
        read()
        readCount = 0
        connectionCount += 1
        // Nobody may listen for a moment, while a process is replaced.
        peer = try? HTTPPeer(server, on: loop)
        var fields = ["Accept: text/event-stream"]
        if let lastID { fields.append("Last-Event-ID: \(lastID)") }
        try? peer?.get(target, fields)
    }

    /// Takes up the events that are complete; the pieces of the chunked coding are lines of their own.
    private func read() {
        guard let text = peer?.text.replacing("\r\n", with: "\n") else { return }
        let events = text.split(separator: "\n\n", omittingEmptySubsequences: false).dropLast()
        for event in events.dropFirst(readCount) {
            var id: String?
            for line in event.split(separator: "\n") {
                if line.hasPrefix("id: ") { id = String(line.dropFirst(4)) }
                if line.hasPrefix("data: ") { take(Array(line.dropFirst(6).utf8)) }
            }
            if let id { lastID = id }
        }
        readCount = max(readCount, events.count)
    }

    private func take(_ json: [UInt8]) {
        let limits = JSONLimits(maximumByteCount: 1 << 24, maximumDepth: 32)
        guard let push = try? JSONValue.parse(json, limits: limits)["push"] else { return }
        if let publication = push["pub"] { add(publication) }
        guard let subscribed = push["subscribe"] else { return }
        if let recovered = subscribed["recovered"]?.bool { recoveries.append(recovered) }
        for publication in subscribed["publications"]?.elements ?? [] { add(publication) }
    }

    private func add(_ publication: JSONValue) {
        if let offset = publication["offset"]?.integer { offsets.append(UInt64(offset)) }
        if let text = publication["data"]?["text"]?.string { comments.append(text) }
    }
}
