// SPDX-License-Identifier: Apache-2.0

import Testing
import Webhook

/// An endpoint that is down is neither hammered nor forgotten.
struct PatienceTests {
    @Test(arguments: [(1, 100), (2, 200), (3, 400), (4, 800), (5, 1_000), (50, 1_000)])
    func pausesDoubleUpToALimit(_ attempts: UInt32, _ whole: Int64) {
        let pauses = (0..<200).map { webhook_pause(attempts, 100, 1_000, UInt64($0) &* 7_919) }
        #expect(pauses.allSatisfy { (whole / 2...whole).contains($0) })
        #expect(Set(pauses).count > 20, "what failed together must not come back together")
    }

    @Test func aPauseHasNoOverflow() {
        #expect(webhook_pause(.max, 60_000, 3_600_000, .max) <= 3_600_000)
    }

    @Test func theBreakerOpensAfterItsLimitOfFailures() {
        var breaker = webhook_breaker()
        for _ in 1..<3 {
            #expect(!fail(&breaker, at: 0))
            #expect(admits(&breaker, at: 0))
        }
        #expect(fail(&breaker, at: 0))
        #expect(!admits(&breaker, at: 0))
    }

    @Test func aSuccessStartsTheCountAnew() {
        var breaker = webhook_breaker()
        for _ in 0..<10 {
            #expect(!fail(&breaker, at: 0))
            #expect(!fail(&breaker, at: 0))
            #expect(unsafe !webhook_breaker_succeeded(&breaker))
        }
    }

    @Test func afterAWhileOneProbeMayGo() {
        var breaker = opened()
        #expect(!admits(&breaker, at: 49))
        #expect(admits(&breaker, at: 100))
        #expect(!admits(&breaker, at: 100), "one, not all that waits")
        #expect(unsafe webhook_breaker_succeeded(&breaker))
        #expect(admits(&breaker, at: 100))
    }

    @Test func aProbeThatFailsWaitsLonger() {
        var breaker = opened()
        #expect(admits(&breaker, at: 100))
        #expect(!fail(&breaker, at: 100), "it was open before")
        #expect(!admits(&breaker, at: 199))
        #expect(admits(&breaker, at: 300))
    }

    /// Requests that were under way when it opened fail afterwards: that is nothing new.
    @Test func lateFailuresDoNotProlongIt() {
        var breaker = opened()
        for _ in 0..<20 { #expect(!fail(&breaker, at: 90)) }
        #expect(admits(&breaker, at: 100))
    }

    private func opened() -> webhook_breaker {
        var breaker = webhook_breaker()
        for _ in 0..<3 { _ = fail(&breaker, at: 0) }
        return breaker
    }

    private func fail(_ breaker: inout webhook_breaker, at now: Int64) -> Bool {
        unsafe webhook_breaker_failed(&breaker, now, 3, 100, 1_000, 0)
    }

    private func admits(_ breaker: inout webhook_breaker, at now: Int64) -> Bool {
        unsafe webhook_breaker_admits(&breaker, now)
    }
}
