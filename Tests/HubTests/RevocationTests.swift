// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hub
import HubLink
import Journal
import Live
import Manifest
import Testing

/// The hub keeps revocations, and every worker has them before whoever asked is answered.
@Suite struct RevocationTests {
    private let bench: HubBench
    private let link: LinkID
    private let admin: BenchSession

    init() throws {
        bench = HubBench {
            $0.tokens.maximumRevocations = 2
            $0.tokens.revocationLifetime = .seconds(100)
            $0.tokens.clockSkew = .seconds(5)
        }
        link = bench.link()
        admin = bench.attach(link, user: "admin")
    }

    @discardableResult
    private func revoke(
        _ target: TokenRevocation.Target,
        issuedBefore: Int64? = nil,
        expiresAt: Int64? = nil
    ) throws(ErrorReply) -> HubReply {
        try bench.request(
            admin,
            .revokeTokens(
                RevocationCommand(
                    target: target,
                    issuedBefore: issuedBefore,
                    expiresAt: expiresAt
                )
            )
        )
    }

    private func told(_ bench: HubBench, _ link: LinkID) -> [TokenRevocation] {
        bench.messages(link).flatMap { message -> [TokenRevocation] in
            if case .revocations(let revocations) = message { revocations } else { [] }
        }
    }

    /// The bench's clock begins at 1,000 Unix seconds.
    @Test func everyWorkerIsToldBeforeTheAnswer() throws {
        let second = bench.link(worker: 1)
        bench.clearInboxes()
        let reply = try revoke(.user("ana"))
        #expect(reply == .result(json: Array(#"{"until":1100}"#.utf8)))
        let expected = TokenRevocation(
            target: .user("ana"),
            issuedBefore: 1_001,
            until: Timestamp(milliseconds: 1_100_000)
        )
        #expect(told(bench, link) == [expected])
        #expect(told(bench, second) == [expected])
        #expect(bench.messages(link).first == .revocations([expected]))
        #expect(bench.records.contains(.revoked(expected)))
    }

    @Test func aRevocationOfKnownEndLastsUntilThenAndAClocksDifference() throws {
        try revoke(.token("a"), expiresAt: 1_010)
        #expect(
            bench.core.state.revocations.all == [
                TokenRevocation(
                    target: .token("a"),
                    issuedBefore: .max,
                    until: Timestamp(milliseconds: 1_015_000)
                )
            ]
        )
        bench.pass(.milliseconds(14_999))
        #expect(bench.core.state.revocations.count == 1)
        bench.pass(.milliseconds(1))
        #expect(bench.core.state.revocations.isEmpty)
        // Its token has expired by itself: there is nothing to keep.
        bench.clearInboxes()
        try revoke(.token("b"), expiresAt: 1_000)
        #expect(bench.core.state.revocations.isEmpty)
        #expect(told(bench, link).isEmpty)
    }

    @Test func aNewWorkerAndANewHubHaveThemAll() throws {
        try revoke(.token("a"))
        try revoke(.everyone, issuedBefore: 900)
        let late = bench.link(worker: 1)
        #expect(Set(told(bench, late)) == Set(bench.core.state.revocations.all))

        let second = HubBench(takingUp: bench)
        let newLink = second.link()
        #expect(second.core.state.revocations == bench.core.state.revocations)
        #expect(Set(told(second, newLink)) == Set(bench.core.state.revocations.all))
        // A rebuilt hub forgets them in time, too.
        second.pass(.seconds(100))
        #expect(second.core.state.revocations.isEmpty)
    }

    @Test func oneTooManyIsRefusedUntilAnotherIsOver() throws {
        try revoke(.token("a"), expiresAt: 1_010)
        try revoke(.token("b"))
        #expect(throws: ErrorReply(.limitExceeded, "too many revocations")) {
            try revoke(.token("c"))
        }
        // What is there already takes no more room.
        try revoke(.token("b"))
        bench.pass(.seconds(15))
        try revoke(.token("c"))
        #expect(bench.core.state.revocations.count == 2)
    }

    @Test func aTimeThatHasNotComeIsAMistake() throws {
        try revoke(.everyone, issuedBefore: 1_300)
        #expect(throws: ErrorReply(.badRequest, "issued_before has not come yet")) {
            try revoke(.everyone, issuedBefore: 1_301)
        }
    }

    @Test func manyFitIntoSeveralMessages() throws {
        let bench = HubBench()
        let link = bench.link()
        let admin = bench.attach(link)
        for index in 0..<2_001 {
            _ = try bench.request(
                admin,
                .revokeTokens(RevocationCommand(target: .token("\(index)")))
            )
        }
        let late = bench.link(worker: 1)
        let counts = bench.messages(late).compactMap { message in
            if case .revocations(let revocations) = message { revocations.count } else { nil }
        }
        #expect(counts == [1_000, 1_000, 1])
    }

    @Test func whoAsksForItsOwnEndHasItsAnswerFirst() throws {
        let other = bench.attach(link, user: "admin")
        bench.clearInboxes()
        let reply = try bench.request(admin, .disconnectUser(UserDisconnect(user: "admin")))
        #expect(reply == .result(json: Array(#"{"connections":2}"#.utf8)))
        let ends = bench.messages(link)
        #expect(ends.first == .disconnect(other.id, code: 3503))
        #expect(ends.last == .disconnect(admin.id, code: 3503))
        #expect(ends.count == 3)
    }
}
