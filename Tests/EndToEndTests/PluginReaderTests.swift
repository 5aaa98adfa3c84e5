// SPDX-License-Identifier: Apache-2.0

import Channels
import Reactor
import Testing

/// What a plugin decides about those who read over plain HTTP, and is told of them.
@Suite(.serialized) struct PluginReaderTests {
    private let probe: PluginServer
    private let loop: EventLoop

    init() throws {
        probe = try PluginServer()
        loop = try EventLoop()
    }

    private func fields(streaming: Bool) -> [String] {
        streaming ? ["Accept: text/event-stream"] : []
    }

    @Test(arguments: [true, false])
    func aReaderIsRefusedToldSomethingElseOrLetInLater(streaming: Bool) throws {
        let peer = try HTTPPeer(probe.server, on: loop)
        let fields = fields(streaming: streaming)
        try peer.get("/channels/kept:reject", fields)
        try peer.wait(for: "\"not today\"")
        #expect(peer.text.hasPrefix("HTTP/1.1 403 "))
        #expect(peer.text.contains("\"code\":1234"))
        #expect(!peer.text.contains("\"epoch\""))
        // A refusal ends a request, not the connection.
        try peer.get("/channels/kept:refuse", fields)
        try peer.wait(for: "\"code\":405")
        #expect(!probe.told().contains { $0[0] == "subscribed" })
        for (name, part) in [("mask", "\"data\":\"***\""), ("slow", "\"offset\":0")] {
            let reader = try HTTPPeer(probe.server, on: loop)
            try reader.get("/channels/kept:\(name)", fields)
            try reader.wait(for: part)
            #expect(reader.text.hasPrefix("HTTP/1.1 200 "))
            #expect(reader.text.contains("text/event-stream") == streaming)
            reader.close()
        }
        // Once for each that was let in, when it was; and once for its end.
        let told = try probe.wait(for: "both goings") { told in
            told.count { $0[0] == "unsubscribed" } == 2
                && told.count { $0[0] == "disconnected" } == 4
        }
        #expect(told.count { $0[0] == "subscribed" } == 2)
    }

    /// Who goes away before the plugin has decided was never there.
    @Test(arguments: [true, false])
    func aReaderThatLeavesWhileThePluginThinksIsNeverLetIn(streaming: Bool) throws {
        let leaving = try HTTPPeer(probe.server, on: loop)
        try leaving.get("/channels/kept:slow", fields(streaming: streaming))
        let other = try HTTPPeer(probe.server, on: loop)
        // Asked behind it, and answered before: the plugin thinks about the first by now.
        try other.get("/channels/kept:mask", [])
        try other.wait(for: "***")
        leaving.close()
        // As long as the first would have taken, and longer.
        try other.get("/channels/kept:slow", [])
        try other.wait(for: "\"offset\":0")
        other.close()
        let told = try probe.wait(for: "the other's end") { told in
            told.count { $0[0] == "unsubscribed" } >= 2
        }
        #expect(told.count { $0[0] == "subscribed" } == 2)
        #expect(told.count { $0[0] == "unsubscribed" } == 2)
    }

    /// Whoever counts who is subscribed must not count such a poll twice.
    @Test func aPollThatHasToBeginAnewEndsFirst() throws {
        let peer = try HTTPPeer(probe.server, on: loop)
        // Of a stream that has not begun: when it does, the poll begins where the stream stands.
        try peer.get("/channels/live:show?since=old:0&wait=20s", [])
        try probe.wait(for: "the poll") { told in told.contains { $0[0] == "subscribed" } }
        let studio = try Viewer(
            probe.server,
            on: loop,
            token: try probe.server.token(user: "host", [.control])
        )
        try studio.call("live.start", #"{"stream":"show"}"#)
        try peer.wait(for: "\"state\":\"live\"")
        peer.close()
        let told = try probe.wait(for: "its end") { told in
            told.contains { $0[0] == "disconnected" }
        }
        #expect(told.count { $0[0] == "subscribed" } == 2)
        #expect(told.count { $0[0] == "unsubscribed" } == 2)
    }

    @Test func thePollsOfAConnectionAreAskedAboutOnce() throws {
        let peer = try HTTPPeer(probe.server, on: loop)
        try peer.get("/channels/kept:mask", [])
        try peer.wait(for: "***")
        let epoch = try #require(peer.text.split(separator: "\"epoch\":\"").last)
            .prefix { $0 != "\"" }
        for _ in 0..<3 {
            try peer.get("/channels/kept:mask?since=\(epoch):0&wait=10ms", [])
            try peer.wait(for: "\"recovered\":true")
        }
        #expect(probe.told().count { $0[0] == "subscribed" } == 1)
        #expect(!probe.told().contains { $0[0] == "unsubscribed" })
        peer.close()
        try probe.wait(for: "its end") { told in told.contains { $0[0] == "disconnected" } }
        #expect(probe.told().count { $0[0] == "unsubscribed" } == 1)
    }
}
