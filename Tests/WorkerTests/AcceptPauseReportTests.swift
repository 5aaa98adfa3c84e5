// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

@testable import Worker

@Suite struct AcceptPauseReportTests {
    @Test func speaksAtOnceAndThenOnceAMinute() {
        var report = AcceptPauseReport()
        let start = MonotonicTime.now()
        #expect(report.due(0, now: start) == nil)
        #expect(report.due(1, now: start) == 1)
        #expect(report.due(2, now: start + .seconds(1)) == nil)
        #expect(report.due(90, now: start + .seconds(59)) == nil)
        #expect(report.due(91, now: start + .seconds(60)) == 90)
        #expect(report.due(91, now: start + .seconds(200)) == nil)
        #expect(report.due(92, now: start + .seconds(201)) == 1)
    }
}
