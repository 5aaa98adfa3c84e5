// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Worker

/// When a token ends for a session, whatever its issuer wrote into `exp`.
@Suite struct TokenExpiryTests {
    private let latest = Int64(UInt32.max - TokenExpiry.graceSeconds)

    private func expiry(_ expiresAt: Int64?, workerNow: UInt32 = 10) -> TokenExpiry {
        TokenExpiry(expiresAt: expiresAt, unixNow: 1_000, workerNow: workerNow)
    }

    @Test func aTokenWithoutEndNeverEnds() {
        let expiry = expiry(nil)
        #expect(expiry.at == 0)
        #expect(expiry.timeToLive == nil)
        #expect(!TokenExpiry.isOver(expiry.at, now: .max))
    }

    @Test func itEndsBehindItsLastSecondAndTheGrace() {
        let expiry = expiry(1_060)
        #expect(expiry.timeToLive == 60)
        #expect(expiry.at == 71)
        #expect(!TokenExpiry.isOver(expiry.at, now: 75))
        #expect(TokenExpiry.isOver(expiry.at, now: 76))
    }

    @Test func oneThatEndedAlreadyHasItsGraceAlone() {
        let expiry = expiry(-5)
        #expect(expiry.timeToLive == 0)
        #expect(expiry.at == 11)
    }

    @Test(arguments: [0, 1, 2, 10, 1 << 32, 253_402_300_799])
    func anEndBeyondAnyWorkersLifeIsNone(beyond: Int64) {
        let expiry = expiry(1_000 + latest - 11 + beyond)
        #expect(expiry.at == 0)
        #expect(expiry.timeToLive == latest - 11 + beyond)
    }

    @Test func theLatestEndIsHeldWithoutOverflow() {
        let expiry = expiry(1_000 + latest - 12)
        #expect(Int64(expiry.at) == latest - 1)
        #expect(TokenExpiry.isOver(expiry.at, now: .max))
    }
}
