// SPDX-License-Identifier: Apache-2.0

import Channels
import Live
import Testing

@Suite struct RecencyTableTests {
    private static func moment(_ milliseconds: Int) -> Timestamp {
        Timestamp(milliseconds: Int64(milliseconds))
    }

    @Test func theOldestGivesWayAtTheLimit() {
        var table = RecencyTable<String, Int>(maximumCount: 2)
        #expect(table.set(1, for: "a", at: Self.moment(1)) == nil)
        #expect(table.set(2, for: "b", at: Self.moment(2)) == nil)
        #expect(table.set(3, for: "a", at: Self.moment(3)) == nil)
        #expect(table.set(4, for: "c", at: Self.moment(4)) == 2)
        #expect(table["a"] == 3 && table["b"] == nil && table["c"] == 4)
        #expect(table.oldestSetAt == Self.moment(3))
    }

    @Test func behavesAsAListOfPairs() {
        var table = RecencyTable<Int, Int>(maximumCount: 8)
        var model: [(key: Int, value: Int, at: Int)] = []
        for step in 0..<5_000 {
            if Int.random(in: 0..<4) == 0 {
                #expect(table.removeOldest() == model.first?.value)
                if !model.isEmpty { model.removeFirst() }
            } else {
                let key = Int.random(in: 0..<12)
                if model.contains(where: { $0.key == key }) {
                    model.removeAll { $0.key == key }
                } else if model.count == 8 {
                    model.removeFirst()
                }
                model.append((key, step, step))
                table.set(step, for: key, at: Self.moment(step))
            }
            #expect(table.count == model.count)
            #expect(table.oldestSetAt == model.first.map { Self.moment($0.at) })
        }
        #expect(table.entries.map(\.key) == model.map(\.key))
        #expect(table.entries.map(\.value) == model.map(\.value))
    }
}
