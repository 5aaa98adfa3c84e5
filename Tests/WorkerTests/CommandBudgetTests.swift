// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Worker

@Suite struct CommandBudgetTests {
    @Test func theBurstPassesAndTheNextCommandIsToldHowLongToWait() {
        var budget = CommandBudget(burst: 3, now: 0)
        for _ in 0..<3 { #expect(budget.spend(rate: 10, burst: 3, now: 0) == nil) }
        #expect(budget.spend(rate: 10, burst: 3, now: 0) == 100)
    }

    @Test func waitingAsLongAsToldIsEnough() {
        var budget = CommandBudget(burst: 1, now: 0)
        #expect(budget.spend(rate: 10, burst: 1, now: 0) == nil)
        #expect(budget.spend(rate: 10, burst: 1, now: 99) == 1)
        #expect(budget.spend(rate: 10, burst: 1, now: 100) == nil)
    }

    @Test func aLongQuietFillsItToTheBurstAndNoFurther() {
        var budget = CommandBudget(burst: 2, now: 0)
        for _ in 0..<2 { #expect(budget.spend(rate: 10, burst: 2, now: 1_000_000) == nil) }
        #expect(budget.spend(rate: 10, burst: 2, now: 1_000_000) == 100)
    }

    @Test func theMillisecondCounterMayWrap() {
        var budget = CommandBudget(burst: 1, now: .max - 10)
        #expect(budget.spend(rate: 10, burst: 1, now: .max - 10) == nil)
        #expect(budget.spend(rate: 10, burst: 1, now: 89) == nil)
    }
}
