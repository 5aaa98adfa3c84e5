// SPDX-License-Identifier: Apache-2.0

import Reactor

/// Messages at a rate to many viewers: what arrives, how soon, and what it costs the server.
package struct FanOut {
    package struct Plan {
        package var viewers: Int
        /// Messages a second, and for how long.
        package var rate: Int
        package var time: Duration
        /// Of each message, the stamp included.
        package var byteCount: Int
        /// Of viewers that come at once.
        package var concurrency = 200
        /// At the same rate before anything counts: connections' windows open, batches find their size.
        package var warmUp = Duration.seconds(1)
        /// Without messages, to learn what the server costs anyway.
        package var idleTime = Duration.seconds(1)
        /// How long the last deliveries may take.
        package var patience = Duration.seconds(10)

        package init(viewers: Int, rate: Int, time: Duration, byteCount: Int) {
            self.viewers = viewers
            self.rate = rate
            self.time = time
            self.byteCount = byteCount
        }

        /// The stamp, and as many letters as are missing.
        func message(at moment: MonotonicTime) -> [UInt8] {
            let stamp = StampReader.stamp(moment)
            let letter = UInt8(ascii: "x")
            return stamp + [UInt8](repeating: letter, count: max(0, byteCount - stamp.count))
        }
    }

    package struct Result {
        package fileprivate(set) var sent = 0
        package fileprivate(set) var refused = 0
        package fileprivate(set) var expected = 0
        package fileprivate(set) var counts = LoadCounts()
        /// From the first message to the last delivery, or to the end of patience.
        package fileprivate(set) var time = Duration.zero
        /// Nanoseconds of each of the server's processes in that time; empty where none is known.
        package fileprivate(set) var processorTimes: [(name: String, nanoseconds: UInt64)] = []
        /// Nanoseconds of all of them in a second without messages.
        package fileprivate(set) var idleProcessorTime: UInt64 = 0
        /// Of the load's own processes in that time.
        package fileprivate(set) var loadProcessorTime: UInt64 = 0

        package var processorTime: UInt64 { processorTimes.reduce(0) { $0 + $1.nanoseconds } }
        /// What the messages cost: without what the server takes when nothing happens.
        package var netProcessorTime: UInt64 {
            let idle = Double(idleProcessorTime) * (time / .seconds(1))
            return processorTime - min(processorTime, UInt64(idle))
        }
    }

    private static let idleLookCount = 4

    private let fleet: LoadFleet
    private let publisher: any Publisher
    private let server: MeasuredServer?
    private let plan: Plan

    package init(
        fleet: LoadFleet,
        publisher: any Publisher,
        server: MeasuredServer?,
        plan: Plan
    ) {
        self.fleet = fleet
        self.publisher = publisher
        self.server = server
        self.plan = plan
    }

    package func run() throws -> Result {
        try fleet.gather(plan.viewers, concurrency: plan.concurrency, within: .seconds(300))
        try waitForPublisher()
        var result = Result()
        result.idleProcessorTime = try idleProcessorTime()
        let warmUpCount = try publish(for: plan.warmUp)
        _ = try drain(until: warmUpCount * plan.viewers)
        fleet.reset()
        let loadBefore = try fleet.report().processorTime
        let refusedBefore = publisher.refusedCount
        let before = try server?.processorTimes() ?? []
        let start = MonotonicTime.now()
        result.sent = try publish(for: plan.time)
        result.expected = result.sent * plan.viewers
        result.counts = try drain(until: result.expected)
        result.time = MonotonicTime.now() - start
        let after = try server?.processorTimes() ?? []
        result.refused = publisher.refusedCount - refusedBefore
        result.loadProcessorTime =
            result.counts.processorTime - min(loadBefore, result.counts.processorTime)
        result.processorTimes = zip(server?.processes ?? [], zip(before, after)).map {
            ($0.name, $1.1 - min($1.0, $1.1))
        }
        return result
    }

    private func waitForPublisher() throws {
        let deadline = MonotonicTime.now() + .seconds(10)
        while !publisher.isReady {
            guard publisher.failure.isEmpty else { throw BenchError.refused(publisher.failure) }
            guard MonotonicTime.now() < deadline else {
                throw BenchError.timedOut("the publisher's connection")
            }
            try fleet.pass(.milliseconds(5))
        }
    }

    /// Nanoseconds in a second.
    ///
    /// Of several short looks not the highest: the one in which the viewers are told how many they
    /// have become is no rest.
    private func idleProcessorTime() throws -> UInt64 {
        guard let server, plan.idleTime > .zero else { return 0 }
        let looks = try (0..<Self.idleLookCount).map { _ in
            let before = try server.processorTimes().reduce(0, +)
            let start = MonotonicTime.now()
            try fleet.pass(plan.idleTime / Self.idleLookCount)
            let spent = try server.processorTimes().reduce(0, +) - before
            return UInt64(Double(spent) / ((MonotonicTime.now() - start) / .seconds(1)))
        }
        return looks.sorted()[Self.idleLookCount / 2 - 1]
    }

    /// - Returns: how many messages were sent.
    private func publish(for time: Duration) throws -> Int {
        let start = MonotonicTime.now()
        let count = Int((Double(plan.rate) * (time / .seconds(1))).rounded())
        for number in 0..<count {
            let due = start + .seconds(1) * (Double(number) / Double(plan.rate))
            while MonotonicTime.now() < due { try fleet.pass(due - .now()) }
            guard publisher.isReady else { throw BenchError.refused(publisher.failure) }
            // Stamped when it is sent: what the load itself is late by is not the server's.
            publisher.send(plan.message(at: .now()))
        }
        return count
    }

    /// Waits until as much has arrived, or until nothing has for as long as patience lasts.
    private func drain(until expected: Int) throws -> LoadCounts {
        var counts = try fleet.report()
        var lastChange = MonotonicTime.now()
        while counts.delivered < expected, MonotonicTime.now() - lastChange < plan.patience {
            try fleet.pass(.milliseconds(20))
            let before = counts.delivered
            counts = try fleet.report()
            if counts.delivered > before { lastChange = .now() }
        }
        return counts
    }
}
