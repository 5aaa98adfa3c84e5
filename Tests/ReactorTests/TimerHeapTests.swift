// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reactor

@Suite struct TimerHeapTests {
    private func moment(_ nanoseconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: nanoseconds)
    }

    @Test func givesActionsByDeadlineThenByOrder() {
        var heap = TimerHeap()
        var ran: [Int] = []
        for (index, deadline) in [5, 3, 5, 1, 3].enumerated() {
            _ = heap.schedule(at: moment(UInt64(deadline))) { ran.append(index) }
        }
        #expect(heap.nextDeadline == moment(1))
        #expect(heap.popDue(moment(0)) == nil)
        while let action = heap.popDue(moment(9)) { action() }
        #expect(ran == [3, 1, 4, 0, 2])
        #expect(heap.count == 0)
    }

    @Test func ignoresATimerThatIsGone() {
        var heap = TimerHeap()
        let first = heap.schedule(at: moment(1)) {}
        _ = heap.schedule(at: moment(2)) {}
        #expect(heap.popDue(moment(1)) != nil)
        heap.cancel(first)
        heap.cancel(first)
        #expect(heap.count == 1)
        // The slot is used again, by another timer than `first`.
        _ = heap.schedule(at: moment(3)) {}
        heap.cancel(first)
        #expect(heap.count == 2)
    }

    @Test func agreesWithASortedListUnderRandomUse() {
        var heap = TimerHeap()
        var expected: [(deadline: UInt64, id: Int, timer: TimerID)] = []
        var gone: [TimerID] = []
        var ran: [Int] = []
        var seed: UInt64 = 42
        func random(_ bound: UInt64) -> UInt64 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (seed >> 33) % bound
        }
        for id in 0..<5_000 {
            switch random(4) {
            case 0, 1:
                let deadline = random(100)
                let timer = heap.schedule(at: moment(deadline)) { ran.append(id) }
                expected.append((deadline, id, timer))
            case 2 where !expected.isEmpty:
                let victim = expected.remove(at: Int(random(UInt64(expected.count))))
                heap.cancel(victim.timer)
                gone.append(victim.timer)
            default:
                if let stale = gone.last { heap.cancel(stale) }
                let first = expected.min { ($0.deadline, $0.id) < ($1.deadline, $1.id) }
                #expect(heap.nextDeadline == first.map { moment($0.deadline) })
                guard let first, let action = heap.popDue(moment(100)) else { continue }
                action()
                #expect(ran.last == first.id)
                expected.removeAll { $0.id == first.id }
                gone.append(first.timer)
            }
            #expect(heap.count == expected.count)
        }
    }
}
