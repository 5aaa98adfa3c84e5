// SPDX-License-Identifier: Apache-2.0

import Channels
import Hub
import Testing

@Suite struct HubTimeTests {
    private static func moment(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: milliseconds)
    }

    @Test func deadlinesComeInOrder() {
        var queue = DeadlineQueue<Int>()
        var model: [Int: Int64] = [:]
        for step in 0..<2_000 {
            let item = Int.random(in: 0..<50)
            let at = Int64.random(in: 0..<1_000)
            queue.schedule(item, at: Self.moment(at))
            model[item] = min(model[item] ?? .max, at)
            guard step % 20 == 0 else { continue }
            let now = Int64.random(in: 0..<1_000)
            var due: Set<Int> = []
            while let item = queue.takeDue(now: Self.moment(now)) { due.insert(item) }
            #expect(due == Set(model.filter { $0.value <= now }.keys))
            model = model.filter { $0.value > now }
            #expect(queue.count == model.count)
        }
    }

    @Test func aDeadlineMovesForwardOnly() {
        var queue = DeadlineQueue<String>()
        queue.schedule("a", at: Self.moment(10))
        queue.schedule("a", at: Self.moment(20))
        #expect(queue.next == Self.moment(10))
        queue.schedule("a", at: Self.moment(5))
        #expect(queue.takeDue(now: Self.moment(4)) == nil)
        #expect(queue.takeDue(now: Self.moment(30)) == "a")
        #expect(queue.takeDue(now: Self.moment(30)) == nil)
        #expect(queue.count == 0)
    }

    @Test func timeFollowsTheWallForwardAndNeverGoesBack() {
        var clock = HubClock(monotonic: 0, wall: 1_000)
        #expect(clock.read(monotonic: 10, wall: 1_010) == Self.moment(1_010))
        #expect(clock.read(monotonic: 20, wall: 9_000) == Self.moment(9_000))
        // The wall is set back by 8 s: half speed until it has caught up.
        #expect(clock.read(monotonic: 120, wall: 1_120) == Self.moment(9_050))
        #expect(clock.read(monotonic: 120, wall: 1_120) == Self.moment(9_050))
        for step in Int64(1)...99 {
            _ = clock.read(monotonic: 120 + step, wall: 1_120 + step)
        }
        #expect(clock.read(monotonic: 220, wall: 1_220) == Self.moment(9_100))
        #expect(clock.read(monotonic: 20_000, wall: 21_000) == Self.moment(21_000))
        #expect(clock.read(monotonic: 20_001, wall: 21_001) == Self.moment(21_001))
    }
}
