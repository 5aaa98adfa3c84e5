// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Supervisor

@Suite struct BackOffTests {
    private var backOff: BackOff

    init() {
        var timing = SupervisionTiming()
        timing.minimumBackOff = .milliseconds(100)
        timing.maximumBackOff = .seconds(1)
        timing.stableAfter = .seconds(30)
        backOff = BackOff(timing)
    }

    @Test mutating func doublesUpToTheMaximum() {
        let delays = (0..<6).map { _ in backOff.delay(afterLiving: .zero) }
        #expect(delays == [100, 200, 400, 800, 1_000, 1_000].map { .milliseconds($0) })
    }

    @Test mutating func beginsAnewAfterALongLife() {
        for _ in 0..<4 { _ = backOff.delay(afterLiving: .zero) }
        #expect(backOff.delay(afterLiving: .milliseconds(29_999)) == .seconds(1))
        #expect(backOff.delay(afterLiving: .seconds(30)) == .milliseconds(100))
        #expect(backOff.delay(afterLiving: .zero) == .milliseconds(200))
    }

    @Test func neverWaitsLessThanTheMinimum() {
        var timing = SupervisionTiming()
        timing.minimumBackOff = .seconds(5)
        timing.maximumBackOff = .seconds(1)
        var backOff = BackOff(timing)
        #expect(backOff.delay(afterLiving: .zero) == .seconds(5))
        #expect(backOff.delay(afterLiving: .zero) == .seconds(5))
    }
}
