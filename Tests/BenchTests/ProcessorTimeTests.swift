// SPDX-License-Identifier: Apache-2.0

import Bench
import Reactor
import Testing

@Suite struct ProcessorTimeTests {
    private let own = Int(OwnProcess.identifier)

    @Test func risesWithWhatAProcessDoes() throws {
        let before = try ProcessorTime.ofProcess(own)
        var sum = 0
        // The scheduler accounts at its ticks, so some work has to be done.
        while try ProcessorTime.ofProcess(own) == before { sum &+= 1 }
        #expect(try ProcessorTime.ofProcess(own) > before)
    }

    @Test func knowsWhoStartedWhom() throws {
        #expect(try ProcessorTime.withDescendants(of: [own]).contains(own))
        #expect(try ProcessorTime.withDescendants(of: [1]).contains(own))
    }

    @Test func saysThatThereIsNoSuchProcess() {
        // Process ids end below 2^22 (proc_sys_kernel(5)).
        #expect(throws: BenchError.self) { try MeasuredServer(pids: [1 << 22]) }
    }
}
