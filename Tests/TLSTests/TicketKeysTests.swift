// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TLS

@Suite struct TicketKeysTests {
    private let secret = [UInt8](repeating: 7, count: TicketKeys.secretByteCount)

    @Test func workersWithTheSameSecretHaveTheSameKeys() {
        let one = TicketKeys(secret: secret, lifetime: .seconds(3_600), now: 1_000_000)
        var other = TicketKeys(secret: secret, lifetime: .seconds(3_600), now: 0)
        other.update(now: 1_000_000)
        #expect(one.current == other.current && one.previous == other.previous)
    }

    @Test func aTicketOutlivesOneChangeOfKeysAndNotTwo() {
        var keys = TicketKeys(secret: secret, lifetime: .seconds(100), now: 199)
        let old = keys.current
        keys.update(now: 200)
        #expect(keys.current != old)
        #expect(keys.key(named: old.name) == old)
        keys.update(now: 300)
        #expect(keys.key(named: old.name) == nil)
    }

    @Test func anotherSecretMakesOtherKeys() {
        let one = TicketKeys(secret: secret, lifetime: .seconds(100), now: 0)
        let other = TicketKeys(secret: [1] + secret.dropFirst(), lifetime: .seconds(100), now: 0)
        #expect(one.current != other.current)
        #expect(one.current.cipher != one.current.authentication)
    }
}
