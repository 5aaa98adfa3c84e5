// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hub
import HubLink
import JSON
import Manifest
import Testing

@Suite struct SubscriptionTests {
    private let bench = HubBench()

    @Test func positionsAndRecoversAsTheRuleSays() throws {
        let session = bench.attach(bench.link())
        func flags(
            _ channel: String,
            position: Bool = false,
            recovery: Bool = false
        ) throws -> [Bool] {
            let reply = try bench.subscribe(
                session,
                channel,
                wantsPosition: position,
                wantsRecovery: recovery
            )
            return [reply.isPositioned, reply.isRecoverable]
        }
        #expect(try flags("log:1") == [false, false])
        #expect(try flags("log:2", position: true) == [true, false])
        #expect(try flags("log:3", recovery: true) == [true, true])
        #expect(try flags("forced:1") == [true, true])
        #expect(try flags("off:1", position: true, recovery: true) == [false, false])
        #expect(try flags("plain:1", position: true, recovery: true) == [false, false])
        #expect(try flags("latest:1", position: true, recovery: true) == [false, false])
        #expect(try flags("live:a") == [true, true])
        #expect(try flags("#ana") == [true, true])
    }

    @Test func refusesChannelsThatNoRuleAllows() {
        let session = bench.attach(bench.link())
        for channel in ["", "unknown", "live:Bad", "a b", String(repeating: "a", count: 256)] {
            let error = #expect(throws: ErrorReply.self) {
                try bench.subscribe(session, channel)
            }
            #expect(error?.code == ErrorCode.unknownChannel.rawValue)
        }
        let closed = HubBench { $0.userChannels = false }
        let other = closed.attach(closed.link())
        #expect(throws: ErrorReply(.unknownChannel)) { try closed.subscribe(other, "#ana") }
    }

    @Test func recoversWhatWasMissedOrSaysNo() throws {
        let link = bench.link()
        let publisher = bench.attach(link, user: "ana")
        let first = try bench.subscribe(bench.attach(link), "log:1", wantsRecovery: true)
        #expect(first.missed.offset == 0 && first.recovered == nil)
        let epoch = first.missed.epoch
        #expect(epoch.utf8.count == 8)
        for number in 1...8 { try bench.publish(publisher, "log:1", "\(number)") }

        func recover(_ offset: UInt64, _ epoch: String) throws -> HubReply.Subscribed {
            try bench.subscribe(
                bench.attach(link),
                "log:1",
                recover: Position(epoch: epoch, offset: offset)
            )
        }
        let all = try recover(3, epoch)
        #expect(all.recovered == true && all.missed.publications.count == 5)
        #expect(all.missed.offset == 8 && all.missed.epoch == epoch)
        let none = try recover(8, epoch)
        #expect(none.recovered == true && none.missed.publications.isEmpty)
        let beyond: [(UInt64, String)] = [(2, epoch), (9, epoch), (8, "other"), (0, "")]
        for (offset, epoch) in beyond {
            let lost = try recover(offset, epoch)
            #expect(lost.recovered == false && lost.missed.publications.isEmpty)
            #expect(lost.missed.offset == 8)
        }
    }

    @Test func givesNoMoreThanTheLimitOfOneAnswer() throws {
        let bench = HubBench { $0.hub.maximumHistoryLimit = 3 }
        let link = bench.link()
        let publisher = bench.attach(link, user: "ana")
        let start = try bench.subscribe(bench.attach(link), "log:1", wantsRecovery: true).missed
        for number in 1...5 { try bench.publish(publisher, "log:1", "\(number)") }
        func recovered(_ offset: UInt64) throws -> Bool? {
            let position = Position(epoch: start.epoch, offset: offset)
            return try bench.subscribe(bench.attach(link), "log:1", recover: position).recovered
        }
        #expect(try recovered(2) == true)
        #expect(try recovered(1) == false)
        #expect(try bench.history(publisher, "log:1", limit: 100).publications.count == 3)
    }

    @Test func tellsTheWorkersThatHaveSubscribersAndNoOthers() throws {
        let links = [bench.link(worker: 0), bench.link(worker: 1), bench.link(worker: 2)]
        let sessions = links.map { bench.attach($0, user: "u") }
        _ = try bench.subscribe(sessions[0], "plain:1")
        _ = try bench.subscribe(sessions[1], "plain:1")
        bench.clearInboxes()
        try bench.publish(sessions[2], "plain:1", #"{"a":1}"#)
        #expect(links.map { bench.publications($0).count } == [1, 1, 0])
        #expect(bench.publications(links[0]).first?.offset == 0)

        _ = try bench.request(sessions[1], .unsubscribe(channel: "plain:1"))
        bench.clearInboxes()
        try bench.publish(sessions[2], "plain:1", "2")
        #expect(links.map { bench.publications($0).count } == [1, 0, 0])
        bench.receive(.unsubscribed(sessions[0].id, channel: "plain:1"), from: links[0])
        bench.clearInboxes()
        try bench.publish(sessions[2], "plain:1", "3")
        #expect(links.map { bench.publications($0).count } == [0, 0, 0])
    }

    @Test func answersASubscriberBeforeTheNews() throws {
        let link = bench.link()
        let session = bench.attach(link, user: "ana")
        bench.clearInboxes()
        _ = try bench.subscribe(session, "room:1")
        let messages = bench.messages(link)
        #expect(messages.count == 2)
        guard case .reply = messages.first, case .presenceChange(_, .join, _) = messages.last
        else {
            Issue.record("the join came before the reply")
            return
        }
    }

    @Test func keepsItsBooksThroughChurn() throws {
        var random = SystemRandomNumberGenerator()
        let links = [bench.link(worker: 0), bench.link(worker: 1)]
        var sessions: [BenchSession] = []
        var subscribed: [BenchSession: Set<String>] = [:]
        for _ in 0..<3_000 {
            let channel = "room:\(Int.random(in: 0..<4, using: &random))"
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1:
                let link = links[Int.random(in: 0..<2, using: &random)]
                sessions.append(bench.attach(link, user: "u\(sessions.count % 5)"))
            case 2 where !sessions.isEmpty:
                let index = Int.random(in: 0..<sessions.count, using: &random)
                bench.detach(sessions[index])
                subscribed[sessions[index]] = nil
                sessions.remove(at: index)
            case 3, 4, 5:
                guard let session = sessions.randomElement(using: &random) else { continue }
                _ = try bench.subscribe(session, channel)
                subscribed[session, default: []].insert(channel)
            default:
                guard let session = sessions.randomElement(using: &random) else { continue }
                _ = try bench.request(session, .unsubscribe(channel: channel))
                subscribed[session]?.remove(channel)
            }
            bench.clearInboxes()
        }
        let asker = bench.attach(links[0])
        for number in 0..<4 {
            let channel = "room:\(number)"
            let expected = subscribed.values.filter { $0.contains(channel) }.count
            guard
                case .presenceStats(let clients, _) = try bench.request(
                    asker,
                    .presenceStats(channel: channel)
                )
            else { continue }
            #expect(clients == expected)
        }
        bench.close(links[0])
        bench.close(links[1])
        #expect(bench.core.sessionCount == 0)
    }

    @Test func boundsTheChannelsThatSubscribersOpen() throws {
        let bench = HubBench { $0.hub.maximumChannels = 2 }
        let session = bench.attach(bench.link())
        _ = try bench.subscribe(session, "plain:1")
        _ = try bench.subscribe(session, "live:never-started")
        let error = #expect(throws: ErrorReply.self) { try bench.subscribe(session, "plain:3") }
        #expect(error?.code == ErrorCode.limitExceeded.rawValue)
        _ = try bench.request(session, .unsubscribe(channel: "plain:1"))
        _ = try bench.subscribe(session, "plain:3")
        #expect(bench.records.isEmpty)
    }
}
