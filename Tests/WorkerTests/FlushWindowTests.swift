// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

@testable import Worker

@Suite struct FlushWindowTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)
    private let bound = Duration.milliseconds(40)

    private func window(after work: Duration, isWorkerBusy: Bool = false) -> FlushWindow {
        var window = FlushWindow()
        window.flushed(taking: work, at: start, bound: bound, isWorkerBusy: isWorkerBusy)
        return window
    }

    @Test func aQuietChannelNeverWaits() {
        #expect(FlushWindow().wait(at: start) == nil)
        #expect(window(after: .milliseconds(5)).wait(at: start + bound) == nil)
    }

    @Test func restsEightTimesAsLongAsTheFlushTook() {
        let window = window(after: .milliseconds(2))
        #expect(window.wait(at: start) == .milliseconds(16))
        #expect(window.wait(at: start + .milliseconds(15)) == .milliseconds(1))
        #expect(window.wait(at: start + .milliseconds(16)) == nil)
    }

    @Test func neverRestsLongerThanTheBound() {
        #expect(window(after: .milliseconds(5)).wait(at: start) == bound)
        #expect(window(after: .seconds(5)).wait(at: start) == bound)
        var none = FlushWindow()
        none.flushed(taking: .seconds(1), at: start, bound: .zero, isWorkerBusy: true)
        #expect(none.wait(at: start) == nil)
    }

    @Test func aSmallChannelDoesNotWaitUnlessTheWorkerIsBusy() {
        #expect(window(after: .microseconds(124)).wait(at: start) == nil)
        #expect(window(after: .microseconds(125)).wait(at: start) == .milliseconds(1))
        #expect(window(after: .microseconds(1), isWorkerBusy: true).wait(at: start) == bound)
    }

    @Test func aWorkerIsBusyOnceSendsTakeMoreThanHalfOfItsTime() {
        var load = SendLoad(at: start)
        load.add(.milliseconds(49), at: start + .milliseconds(50))
        #expect(!load.isHigh, "an interval is judged when it is over")
        load.add(.milliseconds(2), at: start + .milliseconds(100))
        #expect(load.isHigh)
        load.add(.milliseconds(50), at: start + .milliseconds(200))
        #expect(!load.isHigh)
    }
}
