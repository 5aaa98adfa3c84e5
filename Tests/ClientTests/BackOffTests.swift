// SPDX-License-Identifier: Apache-2.0

import Client
import Testing

@Suite struct BackOffTests {
    @Test func doublesUpToItsBound() {
        var generator = Highest()
        var backOff = BackOff(minimum: .milliseconds(100), maximum: .seconds(1))
        let waits = (0..<6).map { _ in backOff.next(using: &generator) }
        #expect(waits == [100, 200, 400, 800, 1_000, 1_000].map { .milliseconds($0) })
        backOff.reset()
        #expect(backOff.next(using: &generator) == .milliseconds(100))
    }

    @Test func spreadsOverTheWholeInterval() {
        var generator = SystemRandomNumberGenerator()
        var backOff = BackOff(minimum: .milliseconds(100), maximum: .seconds(10))
        for _ in 0..<100 {
            let wait = backOff.next(using: &generator)
            #expect(wait >= .milliseconds(50) && wait <= .seconds(10))
        }
    }
}

/// Answers the highest value of every range.
private struct Highest: RandomNumberGenerator {
    func next() -> UInt64 { .max }
}
