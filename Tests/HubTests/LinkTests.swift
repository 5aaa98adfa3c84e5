// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hub
import HubLink
import Testing

@Suite struct LinkTests {
    private let bench = HubBench()

    @Test func welcomesAWorkerThatSaysHello() {
        let link = bench.link()
        guard case .welcome = bench.messages(link).first else {
            Issue.record("no welcome")
            return
        }
    }

    @Test func dropsALinkThatDoesNotSayHelloFirst() {
        let link = bench.silentLink()
        bench.receive(.detach(SessionID(rawValue: 1)), from: link)
        #expect(bench.dropped[link] == .unexpectedHello)
        // What still comes over it is ignored.
        bench.receive(.hello(.init(worker: 0, pid: 1)), from: link)
        #expect(bench.messages(link).isEmpty)
    }

    @Test func dropsALinkThatSaysHelloTwice() {
        let link = bench.link()
        bench.receive(.hello(.init(worker: 0, pid: 1)), from: link)
        #expect(bench.dropped[link] == .unexpectedHello)
    }

    @Test func aNewLinkOfTheSameProcessSupersedesItsOld() {
        let old = bench.link(worker: 1, pid: 50)
        _ = bench.attach(old, user: "ana")
        let other = bench.link(worker: 1, pid: 51)
        #expect(bench.dropped.isEmpty)
        _ = bench.link(worker: 1, pid: 50)
        #expect(bench.dropped == [old: .superseded])
        #expect(bench.core.sessionCount == 0)
        _ = bench.attach(other, user: "ben")
        #expect(bench.core.sessionCount == 1)
    }

    @Test func toleratesMessagesOfASessionThatHasEnded() {
        let link = bench.link()
        let gone = SessionID(rawValue: 77)
        bench.receive(.detach(gone), from: link)
        bench.receive(.unsubscribed(gone, channel: "room:1"), from: link)
        #expect(bench.messages(link).count == 1)
        bench.receive(.request(RequestID(rawValue: 5), gone, .presence(channel: "a")), from: link)
        #expect(
            bench.messages(link).last
                == .reply(RequestID(rawValue: 5), .failure(ErrorReply(.internal)))
        )
        #expect(bench.dropped.isEmpty)
    }

    @Test func dropsALinkThatAttachesASessionTwice() {
        let link = bench.link()
        let session = bench.attach(link)
        let info = ClientInfo(user: "", client: session.client, connectionInfo: [])
        let identity = SessionIdentity(info: info, name: "", controlledStreams: [])
        bench.receive(.attach(session.id, identity), from: link)
        #expect(bench.dropped[link] == .repeatedAttach)
        #expect(bench.core.sessionCount == 0)
    }

    @Test func aLostLinkTakesAllItsSessions() throws {
        let lost = bench.link(worker: 0)
        let kept = bench.link(worker: 1)
        for _ in 0..<5 { _ = try bench.subscribe(bench.attach(lost), "room:1") }
        let watcher = bench.attach(kept)
        _ = try bench.subscribe(watcher, "room:1")
        bench.clearInboxes()
        bench.close(lost)
        #expect(bench.core.sessionCount == 1)
        #expect(bench.messages(kept).count == 5)
        #expect(
            try bench.request(watcher, .presenceStats(channel: "room:1"))
                == .presenceStats(clients: 1, users: 1)
        )
    }
}
