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
        queries.weigh(answerByteCount: 5 * 64 * 1_024, for: nil)
        #expect(queries.spend(.user("bob"), now: 0) == 1_016)
        #expect(queries.spend(.user("bob"), now: 1_016) == nil)
        queries.weigh(answerByteCount: 0, for: .user("bob"))
        #expect(queries.spend(.user("bob"), now: 1_016) == 16)
    }

    /// Two connections of one user that ask for the largest histories: others' small questions pass.
    @Test mutating func whoAsksForMuchWaitsForItAlone() {
        var largeAnswers = 0
        var second = UInt32(0)
        while second < 60 {
            for _ in 0..<2 where queries.spend(.user("eve"), now: second * 1_000) == nil {
                queries.weigh(answerByteCount: 64 * 1_024, for: .user("eve"))
                largeAnswers += 1
            }
            #expect(queries.spend(.user("bob"), now: second * 1_000) == nil, "\(second) s")
            second += 1
        }
        // A quarter of 64 KiB a second, and ten seconds of it at once.
        #expect((14...18).contains(largeAnswers), "\(largeAnswers)")
    }

    @Test mutating func nobodyOwesMoreThanTwoBursts() {
        #expect(queries.spend(.user("eve"), now: 0) == nil)
        for _ in 0..<100 { queries.weigh(answerByteCount: 1 << 20, for: .user("eve")) }
        // Eight seconds of the worker's.
        #expect(queries.spend(.user("bob"), now: 0) == 8_016)
        #expect(queries.spend(.user("bob"), now: 8_016) == nil)
        // Twenty seconds of hers, and half a one for the next question.
        #expect(queries.spend(.user("eve"), now: 20_400) != nil)
        #expect(queries.spend(.user("eve"), now: 20_600) == nil)
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
