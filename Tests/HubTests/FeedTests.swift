// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hub
import HubLink
import JSON
import Journal
import Manifest
import Testing

@Suite struct FeedTests {
    private let bench = HubBench()

    private static func texts(_ publications: [[UInt8]]) -> [String] {
        publications.map { HubBench.parse($0)?["data"]?.integer.map { "\($0)" } ?? "?" }
    }

    @Test func publishesWithThePublisherAndItsPlace() throws {
        let link = bench.link()
        let session = bench.attach(link, user: "ana")
        _ = try bench.subscribe(session, "log:1")
        #expect(try bench.publish(session, "log:1", #"{"score":1}"#) == .done)
        let publication = try #require(bench.publications(link).last)
        #expect(publication.offset == 1)
        let info = #"{"user":"ana","client":"\#(session.client)"}"#
        #expect(
            String(decoding: publication.json, as: UTF8.self)
                == #"{"data":{"score":1},"offset":1,"info":\#(info),"#
                + #""time":\#(bench.now.milliseconds)}"#
        )
    }

    @Test func readsHistoryPageByPage() throws {
        let session = bench.attach(bench.link(), user: "ana")
        for number in 1...7 { try bench.publish(session, "log:1", "\(number)") }
        let all = try bench.history(session, "log:1")
        #expect(Self.texts(all.publications) == ["3", "4", "5", "6", "7"])
        #expect(all.offset == 7)
        let none = try bench.history(session, "log:1", limit: 0)
        #expect(none.publications.isEmpty && none.offset == 7 && none.epoch == all.epoch)
        let since = Position(epoch: all.epoch, offset: 5)
        #expect(
            Self.texts(try bench.history(session, "log:1", limit: 1, since: since).publications)
                == ["6"]
        )
        let back = try bench.history(session, "log:1", limit: 9, since: since, reverse: true)
        #expect(Self.texts(back.publications) == ["4", "3"])
        #expect(try bench.history(session, "log:1", limit: -1).publications.count == 5)
        #expect(throws: ErrorReply(.unrecoverablePosition)) {
            try bench.history(session, "log:1", since: Position(epoch: "other", offset: 5))
        }
        #expect(throws: ErrorReply(.notAvailable)) { try bench.history(session, "plain:1") }
        #expect(throws: ErrorReply(.notAvailable)) { try bench.history(session, "latest:1") }
        #expect(throws: ErrorReply(.unknownChannel)) { try bench.history(session, "nothing") }
    }

    @Test func historyOfAnUntouchedChannelIsEmptyAndCostsNothing() throws {
        let session = bench.attach(bench.link())
        let list = try bench.history(session, "log:9")
        #expect(list == .init(epoch: "", offset: 0, publications: []))
        #expect(bench.core.state.logs.isEmpty)
    }

    @Test func theNewestValueWaitsForSubscribers() throws {
        let session = bench.attach(bench.link(), user: "ana")
        for number in 1...3 { try bench.publish(session, "latest:1", "\(number)") }
        let reply = try bench.subscribe(session, "latest:1")
        #expect(Self.texts(reply.missed.publications) == ["3"])
        #expect(reply.missed.offset == 0 && !reply.isPositioned)
        _ = try bench.request(session, .unsubscribe(channel: "latest:1"))
        bench.pass(HubOptions.latestValueLifetime)
        #expect(bench.core.state.latestValues.isEmpty)
    }

    @Test func logsExpireAndAreForgottenOnceNobodyReads() throws {
        let session = bench.attach(bench.link(), user: "ana")
        let position = try bench.subscribe(session, "log:1", wantsPosition: true).missed
        try bench.publish(session, "log:1", "1")
        bench.pass(.seconds(61))
        #expect(try bench.history(session, "log:1").publications.isEmpty)
        #expect(try bench.history(session, "log:1").offset == 1)
        try bench.publish(session, "log:1", "2")
        #expect(try bench.history(session, "log:1").offset == 2)
        #expect(try bench.history(session, "log:1").epoch == position.epoch)
        _ = try bench.request(session, .unsubscribe(channel: "log:1"))
        #expect(bench.core.state.logs.count == 1)
        bench.pass(.seconds(61))
        #expect(bench.core.state.logs.isEmpty)
        #expect(bench.records.last == .channelDropped("log:1"))
    }

    @Test func boundsTheChannelsThatKeepPublications() throws {
        let bench = HubBench { $0.hub.maximumChannels = 2 }
        let session = bench.attach(bench.link(), user: "ana")
        try bench.publish(session, "log:1", "1")
        try bench.publish(session, "latest:1", "1")
        for channel in ["log:2", "latest:2"] {
            let error = #expect(throws: ErrorReply.self) {
                try bench.publish(session, channel, "1")
            }
            #expect(error?.code == ErrorCode.limitExceeded.rawValue)
        }
        try bench.publish(session, "log:1", "2")
        try bench.publish(session, "plain:1", "1")
    }

    @Test func aStreamsChannelTakesNoFreeJSON() {
        let session = bench.attach(bench.link(), user: "ana")
        let error = #expect(throws: ErrorReply.self) { try bench.publish(session, "live:a", "1") }
        #expect(error?.code == ErrorCode.badRequest.rawValue)
    }

    @Test func listsWhoIsPresent() throws {
        let link = bench.link()
        let ana = bench.attach(link, user: "ana")
        let again = bench.attach(link, user: "ana")
        let anonymous = [bench.attach(link), bench.attach(link)]
        for session in [ana, again] + anonymous { _ = try bench.subscribe(session, "room:1") }
        guard case .presence(let json) = try bench.request(ana, .presence(channel: "room:1"))
        else { return }
        let map = try #require(HubBench.parse(json))
        #expect(map.count == 4)
        #expect(map[ana.client.description]?["user"]?.string == "ana")
        #expect(
            try bench.request(ana, .presenceStats(channel: "room:1"))
                == .presenceStats(clients: 4, users: 3)
        )
        #expect(
            try bench.request(ana, .presenceStats(channel: "room:empty"))
                == .presenceStats(clients: 0, users: 0)
        )
        let refused = [
            HubRequest.presence(channel: "plain:1"), .presenceStats(channel: "plain:1"),
        ]
        for request in refused {
            #expect(throws: ErrorReply(.notAvailable)) { try bench.request(ana, request) }
        }
    }

    @Test func joinsAndLeavesAreToldWhereTheRuleSays() throws {
        let links = [bench.link(worker: 0), bench.link(worker: 1)]
        let watcher = bench.attach(links[0])
        _ = try bench.subscribe(watcher, "room:1")
        _ = try bench.subscribe(watcher, "plain:1")
        let guest = bench.attach(links[1], user: "ana")
        bench.clearInboxes()
        _ = try bench.subscribe(guest, "plain:1")
        #expect(bench.messages(links[0]).isEmpty)
        _ = try bench.subscribe(guest, "room:1")
        _ = try bench.subscribe(guest, "room:1")
        bench.detach(guest)
        let changes = bench.messages(links[0]).compactMap { message in
            if case .presenceChange("room:1", let change, _) = message { change } else { nil }
        }
        #expect(changes == [.join, .leave])
    }

    @Test func whatNobodyRemembersSaysWhichRequestItWas() throws {
        let link = bench.link()
        let session = bench.attach(link, user: "ana")
        for channel in ["plain:1", "log:1", "latest:1"] {
            _ = try bench.subscribe(session, channel)
            try bench.publish(session, channel, "1")
        }
        let origins = bench.publications(link).map(\.origin)
        #expect(origins.map { $0 != nil } == [true, false, false])
        // The request's own number, for that is what is asked again.
        let reply = bench.messages(link).compactMap { message -> RequestID? in
            if case .reply(let request, .success(.done)) = message { request } else { nil }
        }.first
        #expect(origins.first??.request == reply)
    }
}
