// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Live
import Testing

/// Which tokens a revocation takes away, and how operators ask for it.
@Suite struct RevocationTests {
    private static let now = Timestamp(milliseconds: 1_000_000)

    private func table(_ revocations: TokenRevocation...) -> RevocationTable {
        var table = RevocationTable()
        for revocation in revocations { table.add(revocation) }
        return table
    }

    private func revocation(
        _ target: TokenRevocation.Target,
        before issuedBefore: Int64 = .max,
        until seconds: Int64 = 2_000
    ) -> TokenRevocation {
        TokenRevocation(
            target: target,
            issuedBefore: issuedBefore,
            until: Timestamp(milliseconds: seconds * 1_000)
        )
    }

    private func covers(
        _ table: RevocationTable,
        id: String? = nil,
        user: String = "",
        issuedAt: Int64? = nil,
        now: Timestamp = now
    ) -> Bool {
        table.covers(id: id, user: user, issuedAt: issuedAt, now: now)
    }

    @Test func anEmptyTableCoversNothing() {
        #expect(!covers(RevocationTable(), id: "a", user: "ana", issuedAt: 0))
    }

    @Test func aTokenIsKnownByItsIDAlone() {
        let table = table(revocation(.token("a")))
        #expect(covers(table, id: "a", user: "ana", issuedAt: 999))
        #expect(covers(table, id: "a"))
        #expect(!covers(table, id: "b", user: "a"))
        #expect(!covers(table, user: "a"))
    }

    @Test(arguments: [(99, true), (100, false), (101, false), (nil, true)] as [(Int64?, Bool)])
    func issuedBeforeEndsWithItsSecond(issuedAt: Int64?, isCovered: Bool) {
        let ofUser = table(revocation(.user("ana"), before: 100))
        #expect(covers(ofUser, user: "ana", issuedAt: issuedAt) == isCovered)
        #expect(!covers(ofUser, user: "bob", issuedAt: issuedAt))
        #expect(!covers(ofUser, issuedAt: issuedAt))
        let ofAll = table(revocation(.everyone, before: 100))
        #expect(covers(ofAll, user: "bob", issuedAt: issuedAt) == isCovered)
        #expect(covers(ofAll, issuedAt: issuedAt) == isCovered)
    }

    @Test func aRevocationEndsAndIsForgotten() {
        var table = table(revocation(.token("a"), until: 1_001), revocation(.token("b")))
        #expect(covers(table, id: "a"))
        let later = Timestamp(milliseconds: 1_001_000)
        #expect(covers(table, id: "a", now: Timestamp(milliseconds: 1_000_999)))
        #expect(!covers(table, id: "a", now: later))
        #expect(table.nextExpiry == later)
        table.expire(now: later)
        #expect(table.all == [revocation(.token("b"))])
    }

    @Test func aSecondRevocationNeverGivesATokenBack() {
        var table = table(revocation(.user("ana"), before: 100, until: 3_000))
        table.add(revocation(.user("ana"), before: 50, until: 2_000))
        #expect(table.all == [revocation(.user("ana"), before: 100, until: 3_000)])
        table.add(revocation(.user("ana"), before: 200, until: 2_000))
        #expect(table.all == [revocation(.user("ana"), before: 200, until: 3_000)])
    }

    @Test func aTargetIsWhatItWasWrittenDownAs() {
        for target in [.token("a"), .user("a"), .everyone] as [TokenRevocation.Target] {
            #expect(TokenRevocation.Target(number: target.number, name: target.name) == target)
        }
        #expect(TokenRevocation.Target(number: 3, name: "a") == nil)
        #expect(TokenRevocation.Target(number: 2, name: "a") == nil)
    }

    private func decode(_ data: String) throws(ErrorReply) -> OperatorCommand? {
        try OperatorCommand.decode(method: "token.revoke", data: Array(data.utf8))
    }

    @Test func operatorsNameTokensInThreeWays() throws {
        #expect(
            try decode(#"{"jti":"a","expires_at":5}"#)
                == .revokeTokens(.init(target: .token("a"), expiresAt: 5))
        )
        let ofUser = try decode(#"{"user":"ana","issued_before":7}"#)
        #expect(ofUser == .revokeTokens(.init(target: .user("ana"), issuedBefore: 7)))
        #expect(ofUser?.user == "ana")
        #expect(
            try decode(#"{"everyone":true}"#) == .revokeTokens(.init(target: .everyone))
        )
        #expect(try decode(#"{"everyone":true}"#)?.user == nil)
        #expect(try OperatorCommand.decode(method: "live.get", data: []) == nil)
    }

    @Test(
        arguments: [
            "{}", #"{"everyone":false}"#, #"{"user":""}"#, #"{"jti":7}"#,
            #"{"jti":"a","user":"ana"}"#, #"{"user":"ana","everyone":true}"#,
            #"{"jti":"a","issued_before":7}"#, #"{"user":"ana","issued_before":-1}"#,
            #"{"user":"ana","issued_before":1771000000000}"#, #"{"jti":"a","expires_at":"soon"}"#,
        ]
    )
    func whatNamesNoTokensIsRefused(data: String) {
        let error = #expect(throws: ErrorReply.self) { try decode(data) }
        #expect(error?.code == ErrorCode.badRequest.rawValue)
    }
}
