// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import JSON
import Reactor
import Testing

/// What viewers are shown where there is more than they can read or take.
@Suite(.serialized) struct FanOutTests {
    /// One comment a second is shown, however many come.
    private static let crowded = """
        comments:
          rate: 1000
        delivery:
          comments_per_second: 1
        """

    @Test func whatIsLeftOutIsSaidAndStaysInHistoryAndOnesOwnArrives() throws {
        let server = try TallyServer(workers: 2, manifest: Self.crowded)
        let loop = try EventLoop()
        let host = try Viewer(
            server,
            on: loop,
            token: try server.token(user: "host", [.subscribe, .publish, .control, .history]),
            watching: "show"
        )
        try host.call("live.start", #"{"stream":"show"}"#)
        let (ana, bob) = try viewersOnDifferentWorkers(server, on: loop, watching: "show")
        for number in 0..<40 { try ana.say("a\(number)", in: "show") }
        try host.say("listen", in: "show")
        for viewer in [ana, bob] {
            try viewer.wait(for: "the host's comment") {
                viewer.comments(in: "show").last == "listen"
            }
        }
        let own = (0..<40).map { "a\($0)" } + ["listen"]
        #expect(ana.comments(in: "show") == own, "one's own always arrive, in order")
        #expect(bob.comments(in: "show").count < 41)
        let skipped = bob.seen("skipped", in: "show").reduce(0) {
            $0 + ($1["count"]?.integer ?? 0)
        }
        #expect(bob.comments(in: "show").count + Int(skipped) == 41)
        for viewer in [ana, bob] {
            let subscription = viewer.script.client.core.subscriptions["live:show"]
            #expect(subscription?.gapCount == 0, "no gap is silent")
        }
        let history = try host.history(of: "show")
        #expect(history.filter { $0["type"]?.string == "comment" }.count == 41)
    }
}
