// SPDX-License-Identifier: Apache-2.0

import Reactor

/// Many viewers that come at once: how fast they are in, and what each costs the server.
package struct ConnectStorm {
    package struct Result {
        package fileprivate(set) var counts = LoadCounts()
        /// From the first packet to the last viewer that is there.
        package fileprivate(set) var time = Duration.zero
        /// Nanoseconds of each of the server's processes in that time; empty where none is known.
        package fileprivate(set) var processorTimes: [(name: String, nanoseconds: UInt64)] = []
        /// Of the load's own processes.
        package fileprivate(set) var loadProcessorTime: UInt64 = 0

        package var processorTime: UInt64 { processorTimes.reduce(0) { $0 + $1.nanoseconds } }
    }

    private let fleet: LoadFleet
    private let server: MeasuredServer?

    package init(fleet: LoadFleet, server: MeasuredServer?) {
        self.fleet = fleet
        self.server = server
    }

    /// Lets a few come before anything counts, so that what a process does once is not on the others'
    /// account.
    ///
    /// - Throws: `BenchError.timedOut` when they are not all there, or gone, within the limit.
    package func run(
        viewers: Int,
        concurrency: Int,
        warmUpCount: Int,
        within limit: Duration
    ) throws -> Result {
        try fleet.gather(warmUpCount, concurrency: concurrency, within: limit)
        return try runAtOnce(viewers: viewers, concurrency: concurrency, within: limit)
    }

    /// The same without anybody who comes before.
    func runAtOnce(
        viewers: Int,
        concurrency: Int,
        within limit: Duration
    ) throws -> Result {
        fleet.reset()
        let loadBefore = try fleet.report().processorTime
        let before = try server?.processorTimes() ?? []
        fleet.tellToGather(viewers, concurrency: concurrency)
        let deadline = MonotonicTime.now() + limit
        var result = Result()
        repeat {
            try fleet.pass(.milliseconds(20))
            result.counts = try fleet.report()
            guard MonotonicTime.now() < deadline else {
                throw BenchError.timedOut("\(result.counts.begun) of \(viewers) viewers came")
            }
        } while result.counts.begun + result.counts.lost < viewers
        let after = try server?.processorTimes() ?? []
        result.processorTimes = zip(server?.processes ?? [], zip(before, after)).map {
            ($0.name, $1.1 - min($1.0, $1.1))
        }
        result.loadProcessorTime =
            result.counts.processorTime - min(loadBefore, result.counts.processorTime)
        result.time = .nanoseconds(
            Int64(clamping: result.counts.lastBegunAt)
                - Int64(clamping: result.counts.firstStartedAt)
        )
        return result
    }
}
