// SPDX-License-Identifier: Apache-2.0

import Channels
import Testing

@Suite struct RingTests {
    @Test func keepsOrderWhileItWrapsAndGrows() {
        var ring = Ring<Int>()
        var model: [Int] = []
        var random = SystemRandomNumberGenerator()
        for value in 0..<2_000 {
            if Int.random(in: 0..<5, using: &random) < 2 {
                #expect(ring.removeFirst() == (model.isEmpty ? nil : model.removeFirst()))
            } else {
                ring.append(value)
                model.append(value)
            }
            #expect(ring.count == model.count)
            #expect(ring.first == model.first)
            #expect(ring.last == model.last)
        }
        #expect((0..<ring.count).map { ring[$0] } == model)
    }

    @Test func replacesInPlace() {
        var ring = Ring<String>()
        for text in ["a", "b", "c"] { ring.append(text) }
        ring[1] = "B"
        #expect((0..<3).map { ring[$0] } == ["a", "B", "c"])
    }
}
