// SPDX-License-Identifier: Apache-2.0

import Reactor

/// Viewers that are all cut off at once, miss something, and come back together to recover it.
package struct RecoveryStorm {
    package struct Result {
        package let storm: ConnectStorm.Result
        package let viewers: Int
        /// Messages that were sent while nobody was there.
        package let missed: Int
    }

    private let fleet: LoadFleet
    private let publisher: any Publisher
    private let server: MeasuredServer?

    package init(fleet: LoadFleet, publisher: any Publisher, server: MeasuredServer?) {
        self.fleet = fleet
        self.publisher = publisher
        self.server = server
    }

    package func run(
        viewers: Int,
        missed: Int,
        byteCount: Int,
        concurrency: Int
    ) throws -> Result {
        try fleet.gather(viewers, concurrency: concurrency, within: .seconds(300))
        fleet.drop()
        // The server notices that they are gone before it is asked for more.
        try fleet.pass(.seconds(1))
        let plan = FanOut.Plan(viewers: 0, rate: 1, time: .zero, byteCount: byteCount)
        let deadline = MonotonicTime.now() + .seconds(10)
        while !publisher.isReady {
            guard publisher.failure.isEmpty, MonotonicTime.now() < deadline else {
                throw BenchError.timedOut("the publisher's connection \(publisher.failure)")
            }
            try fleet.pass(.milliseconds(5))
        }
        for _ in 0..<missed {
            publisher.send(plan.message(at: .now()))
            try fleet.pass(.milliseconds(2))
        }
        try fleet.pass(.seconds(1))
        guard publisher.failure.isEmpty else { throw BenchError.refused(publisher.failure) }
        fleet.recoverFromNowOn()
        let storm = try ConnectStorm(fleet: fleet, server: server).runAtOnce(
            viewers: viewers,
            concurrency: concurrency,
            within: .seconds(300)
        )
        return Result(storm: storm, viewers: viewers, missed: missed)
    }
}
