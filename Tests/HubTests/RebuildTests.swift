// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hub
import HubLink
import Live
import Manifest
import TestSupport
import Testing

/// A hub's state must follow from its records alone.
@Suite struct RebuildTests {
    @Test(arguments: 0..<12)
    func recordsRebuildTheStateAndEveryHistory(seed: UInt64) throws {
        let bench = HubBench {
            $0.live.maximumStreams = 4
            $0.live.historySize = 20
            $0.live.maximumIdempotencyKeys = 5
            $0.comments.maximumMutedUsers = 3
        }
        var script = RandomScript(bench: bench, seed: seed)
        for _ in 0..<1_500 { script.step() }

        var rebuilt = HubState(options: bench.options)
        for record in bench.records { rebuilt.apply(record) }
        var current = bench.core.state
        current.expire(now: bench.now)
        rebuilt.expire(now: bench.now)
        #expect(rebuilt.streams == current.streams)
        #expect(rebuilt.streamIDs == current.streamIDs)
        #expect(rebuilt.logs == current.logs)
        #expect(rebuilt.mutes == current.mutes)
        #expect(rebuilt.audiences == current.audiences)
        #expect(rebuilt == current)
        #expect(bench.records.count > 500)
        #expect(bench.dropped.isEmpty)
    }

    @Test func applyingARecordTwiceChangesNothing() throws {
        let bench = HubBench()
        var script = RandomScript(bench: bench, seed: 99)
        for _ in 0..<500 { script.step() }
        var once = HubState(options: bench.options)
        var twice = HubState(options: bench.options)
        for record in bench.records {
            once.apply(record)
            twice.apply(record)
            twice.apply(record)
        }
        #expect(once == twice)
    }

    @Test func aRebuiltHubTakesUpWhatRan() throws {
        let bench = HubBench()
        let link = bench.link()
        let studio = bench.attach(link, user: "ana", controls: ["*"])
        for stream in ["kept", "left", "back"] {
            let keep = stream == "kept"
            try bench.run(studio, "live.start", #"{"stream":"\#(stream)","keep":\#(keep)}"#)
        }
        try bench.run(studio, "user.ban", #"{"stream":"kept","user":"u"}"#)

        let second = HubBench(takingUp: bench)
        let newLink = second.link()
        _ = second.attach(newLink, user: "ana", controls: ["back"])
        func states() -> [StreamState?] {
            ["kept", "left", "back"].map { second.core.state.streams[$0]?.state }
        }
        #expect(states() == [.live, .live, .live])
        second.pass(HubOptions.settlingTime)
        #expect(states() == [.live, .interrupted, .live])
        second.pass(.seconds(30))
        #expect(states() == [.live, .offline, .live])
        let user = second.attach(newLink, user: "u")
        let comment = #"{"stream":"kept","text":"hi"}"#
        #expect(second.refusal(user, "comment.send", comment) == .muted)
        let other = second.attach(newLink, user: "v")
        #expect(second.refusal(other, "comment.send", comment) == nil)
        #expect(
            try second.history(other, "live:kept").epoch
                == bench.core.state.logs["live:kept"]?.epoch
        )
    }
}

/// Sends random commands of many users to a hub.
struct RandomScript {
    private let bench: HubBench
    private var random: SeededGenerator
    private var links: [LinkID] = []
    private var sessions: [BenchSession] = []
    private var commentIDs: [String] = []

    init(bench: HubBench, seed: UInt64) {
        self.bench = bench
        random = SeededGenerator(seed: seed)
    }

    mutating func step() {
        bench.clearInboxes()
        guard let session = sessions.randomElement(using: &random), pick(8) > 0 else {
            return attach()
        }
        let stream = "s\(pick(6))"
        let user = "u\(pick(5))"
        let key = pick(3) == 0 ? #","idempotency_key":"k\#(pick(4))""# : ""
        switch pick(24) {
        case 0, 1:
            run(session, "live.start", #"{"stream":"\#(stream)","keep":\#(pick(2) == 0)\#(key)}"#)
        case 2: run(session, "live.stop", #"{"stream":"\#(stream)"}"#)
        case 3: run(session, "live.update", #"{"stream":"\#(stream)","title":"t\#(pick(9))"}"#)
        case 4: run(session, "live.mode", #"{"stream":"\#(stream)","slow_seconds":\#(pick(3))}"#)
        case 5, 6, 7, 8: comment(session, stream, key)
        case 9: delete(session, stream)
        case 10:
            run(
                session,
                "user.timeout",
                #"{"stream":"\#(stream)","user":"\#(user)","seconds":\#(pick(60) + 1)}"#
            )
        case 11: run(session, "user.ban", #"{"stream":"\#(stream)","user":"\#(user)"}"#)
        case 12: run(session, "user.unban", #"{"stream":"\#(stream)","user":"\#(user)"}"#)
        case 13: _ = try? bench.publish(session, "log:\(pick(3))", "\(pick(100))")
        case 14: _ = try? bench.publish(session, "latest:\(pick(3))", "\(pick(100))")
        case 15: _ = try? bench.subscribe(session, "live:" + stream)
        case 16: _ = try? bench.subscribe(session, "log:\(pick(3))")
        case 17: leave(session, stream)
        case 18: detachOrClose(session)
        case 19: store(session)
        case 20: call(session, pick(2) == 0 ? "live.interrupt" : "live.resume", stream)
        case 21: call(session, "live.cue", stream)
        case 22: seeNotice(session)
        default: bench.pass(.milliseconds(pick(5_000) * pick(20)))
        }
    }

    private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

    private mutating func attach() {
        if links.count < 3 { links.append(bench.link(worker: links.count, takesNotices: true)) }
        let controls = pick(3) == 0 ? ["s\(pick(6))"] : []
        sessions.append(
            bench.attach(links[pick(links.count)], user: "u\(pick(5))", controls: controls)
        )
    }

    private func run(_ session: BenchSession, _ method: String, _ data: String) {
        _ = try? bench.run(session, method, data, moderator: true)
    }

    private mutating func store(_ session: BenchSession) {
        let key = "k\(pick(5))"
        if pick(3) == 0 {
            _ = try? bench.call(session, "store.delete", #"{"key":"\#(key)"}"#)
        } else {
            let set = #"{"key":"\#(key)","value":\#(pick(100))}"#
            _ = try? bench.call(session, "store.set", set, plugin: "p\(pick(3))")
        }
    }

    private func call(_ session: BenchSession, _ method: String, _ stream: String) {
        _ = try? bench.call(session, method, #"{"stream":"\#(stream)","name":"n"}"#)
    }

    private mutating func seeNotice(_ session: BenchSession) {
        guard let notice = bench.core.state.notices.randomElement(using: &random) else { return }
        bench.receive(.noticeSeen(notice.id), from: session.link)
    }

    private mutating func comment(_ session: BenchSession, _ stream: String, _ key: String) {
        let data = #"{"stream":"\#(stream)","text":"\#(pick(1_000))"\#(key)}"#
        let answer = try? bench.run(session, "comment.send", data, moderator: pick(2) == 0)
        if let id = HubBench.text("id", of: answer ?? "") { commentIDs.append(id) }
    }

    private mutating func delete(_ session: BenchSession, _ stream: String) {
        guard let id = commentIDs.randomElement(using: &random) else { return }
        run(session, "comment.delete", #"{"stream":"\#(stream)","id":"\#(id)"}"#)
    }

    private mutating func leave(_ session: BenchSession, _ stream: String) {
        let channel = pick(2) == 0 ? "live:" + stream : "log:\(pick(3))"
        _ = try? bench.request(session, .unsubscribe(channel: channel))
    }

    private mutating func detachOrClose(_ session: BenchSession) {
        if pick(10) == 0 {
            bench.close(session.link)
            links.removeAll { $0 == session.link }
            sessions.removeAll { $0.link == session.link }
        } else {
            bench.detach(session)
            sessions.removeAll { $0 == session }
        }
    }
}
