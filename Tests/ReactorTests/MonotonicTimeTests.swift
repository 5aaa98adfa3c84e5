// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

@Suite struct MonotonicTimeTests {
    @Test func isClampedAtItsEnds() {
        let moment = MonotonicTime(nanoseconds: 5)
        #expect(moment + .nanoseconds(2) == MonotonicTime(nanoseconds: 7))
        #expect(moment + .nanoseconds(-6) == MonotonicTime(nanoseconds: 0))
        #expect(
            MonotonicTime(nanoseconds: .max) + .seconds(1) == MonotonicTime(nanoseconds: .max)
        )
        #expect(moment - MonotonicTime(nanoseconds: 9) == .nanoseconds(-4))
        #expect(Duration.seconds(Int64.max).clampedNanoseconds == .max)
        #expect(Duration.seconds(Int64.min).clampedNanoseconds == .min)
    }
}
