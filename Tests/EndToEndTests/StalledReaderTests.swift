// SPDX-License-Identifier: Apache-2.0

import JSON
import Reactor
import StatusPage
import Testing

/// A stream of events whose client does not read it any more.
@Suite(.serialized) struct StalledReaderTests {
    private static let rules = """
        channels:
          - match: news
            subscribe: everyone
            publish: everyone

        """

    /// What the kernel takes for a client that reads nothing is beyond Tally; this is more, and what
    /// then waits is bounded by its size or its age.
    @Test(arguments: [
        "  maximum_unsent_age: 10m\n", "  maximum_unsent: 64MiB\n  maximum_unsent_age: 1s\n",
    ])
    func isCutOffAndOthersNoticeNothing(bound: String) throws {
        let server = try TallyServer(
            workers: 1,
            manifest: Self.rules + TallyServer.talkative + bound
        )
        let loop = try EventLoop()
        // Nobody turns this loop while the stream goes on.
        let still = try EventLoop()
        let stalled = try HTTPPeer(server, on: still)
        try stalled.get("/channels/news", ["Accept: text/event-stream"])
        try stalled.wait(for: "\"subscribe\":")
        let viewer = try RawClient(server, on: loop)
        viewer.send(#"{"id":1,"connect":{}}"#, #"{"id":2,"subscribe":{"channel":"news"}}"#)
        #expect(try viewer.refusal(2) == nil)
        let text = String(repeating: "x", count: 60_000)
        var count = 0
        func cutCount() throws -> Int {
            let workers = try server.status().processes.filter { $0.identity.role == .worker }
            return workers.map { Int($0[.slowDisconnects]) }.reduce(0, +)
        }
        let deadline = MonotonicTime.now() + Viewer.patience
        while try cutCount() == 0, MonotonicTime.now() < deadline {
            count += 1
            viewer.send(#"{"id":\#(count + 2),"publish":{"channel":"news","data":"\#(text)"}}"#)
            #expect(try viewer.refusal(Int64(count + 2)) == nil)
            try viewer.wait(for: "its publication") {
                viewer.received.count { $0["push"]?["pub"] != nil } == count
            }
        }
        #expect(try cutCount() == 1)
        #expect(viewer.closeCode == nil)
        // Its end is not that of a stream which is complete.
        while !stalled.hasEnded { try still.runOnce(maximumWait: .seconds(1)) }
        #expect(!stalled.text.hasSuffix("\r\n0\r\n\r\n"))
        // Whoever comes next is served.
        let next = try HTTPPeer(server, on: loop)
        try next.get("/channels/news", ["Accept: text/event-stream"])
        try next.wait(for: "\"subscribe\":")
    }
}
