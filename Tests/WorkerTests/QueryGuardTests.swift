// SPDX-License-Identifier: Apache-2.0

import Manifest
import Reactor
import Testing
import WebServer

@testable import Worker

/// Many connections get no more of the hub than one worker may ask for, nor one user's than a few.
@Suite struct QueryGuardTests {
    private var queries: QueryGuard

    init() {
        var client = ClientSettings()
        client.queriesPerSecondPerUser = 2
        var hub = HubSettings()
        hub.queryByteRate = 64 * 1_024
        queries = QueryGuard(client, hub, now: 0)
    }

    private func address(_ text: String) throws -> QueryGuard.Asker {
        .address(try #require(Admission.Origin(try SocketAddress(parsing: text))))
    }

    @Test mutating func oneUserWithManyConnectionsHasOneBudget() {
        for _ in 0..<20 { #expect(queries.spend(.user("eve"), now: 0) == nil) }
        #expect(queries.spend(.user("eve"), now: 0) == 500)
        #expect(queries.spend(.user("bob"), now: 0) == nil)
        #expect(queries.spend(.user("eve"), now: 500) == nil)
    }

    @Test mutating func strangersAreCountedByAddressAndIPv6Network() throws {
        let one = try address("[2001:db8::1]:5")
        let neighbour = try address("[2001:db8::ffff:2]:6")
        let other = try address("[2001:db8:0:1::1]:5")
        for _ in 0..<20 { #expect(queries.spend(one, now: 0) == nil) }
        #expect(queries.spend(neighbour, now: 0) == 500)
        #expect(queries.spend(other, now: 0) == nil)
        #expect(queries.spend(try address("192.0.2.1:5"), now: 0) == nil)
    }

    @Test mutating func aWorkersQuestionsAreBoundedTogether() {
        // Four seconds of 64 questions at their least weight.
        for index in 0..<256 { #expect(queries.spend(.user("\(index)"), now: 0) == nil) }
        #expect(queries.spend(.user("late"), now: 0) == 16)
        #expect(queries.spend(nil, now: 15) == 1)
        #expect(queries.spend(nil, now: 16) == nil)
    }

    @Test mutating func aLargeAnswerIsWaitedForByAll() {
        #expect(queries.spend(.user("eve"), now: 0) == nil)
        // All that there is, and one second more.
        queries.weigh(answerByteCount: 5 * 64 * 1_024)
        #expect(queries.spend(.user("bob"), now: 0) == 1_016)
        #expect(queries.spend(.user("bob"), now: 1_016) == nil)
        queries.weigh(answerByteCount: 0)
        #expect(queries.spend(.user("bob"), now: 1_016) == 16)
    }

    @Test mutating func whoWasQuietIsForgotten() {
        _ = queries.spend(.user("eve"), now: 0)
        queries.sweep(now: 499)
        #expect(queries.askerCount == 1)
        queries.sweep(now: 500)
        #expect(queries.askerCount == 0)
    }

    @Test mutating func noMoreAskersAreRememberedThanMayBe() {
        for index in 0..<(QueryGuard.maximumAskers + 1) {
            _ = queries.spend(.user("\(index)"), now: 0)
        }
        #expect(queries.askerCount == QueryGuard.maximumAskers)
    }
}
