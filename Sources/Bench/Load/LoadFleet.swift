// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
package import Reactor

/// The processes that are viewers, as the one that measures sees them.
package final class LoadFleet {
    /// Most viewers of a process: what common systems let one open, less its own.
    package static let maximumViewersPerProcess = 20_000 - ownDescriptorCount
    /// What a process has open besides.
    package static let ownDescriptorCount = LoadProcess.ownDescriptorCount
    package static let maximumProcessCount = 64

    private struct Process {
        let pid: Int32
        let link: ControlLink
    }

    private let loop: EventLoop
    private var processes: [Process] = []
    private var reports: [LoadCounts] = []
    private var isBroken = false

    /// Starts the processes.
    package init(loop: EventLoop, target: LoadTarget, processCount: Int) throws {
        self.loop = loop
        for _ in 0..<processCount {
            let pair = try Socket.pair().relinquish()
            let link = try ControlLink(loop: loop, socket: Descriptor(owning: pair.first))
            let theirs = Descriptor(owning: pair.second)
            let pid = try ChildProcess.spawn(
                ChildProcess.ownExecutable,
                arguments: ["tally", LoadProcess.subcommand, "\(theirs.raw)"],
                inheriting: [theirs.raw]
            )
            theirs.close()
            link.onLine = { [unowned self] line in
                if let line { reports.append(LoadCounts(line)) } else { isBroken = true }
            }
            link.send { json in
                json.member("do", string: "begin")
                target.writeMembers(to: &json)
            }
            processes.append(Process(pid: pid, link: link))
        }
    }

    deinit {
        for process in processes {
            process.link.end()
            // Not reaped before, so the id is still its own; it dies with this process in any case.
            ChildProcess.signal(process.pid, SIGKILL)
            _ = ChildProcess.reap(process.pid)
        }
    }

    /// Has so many viewers more come, and waits until they are there.
    ///
    /// - Throws: `BenchError` when one cannot come, or not all within the limit.
    package func gather(_ count: Int, concurrency: Int, within limit: Duration) throws {
        let target = try report().watching + count
        tellToGather(count, concurrency: concurrency)
        let deadline = MonotonicTime.now() + limit
        while true {
            let counts = try report()
            if counts.watching >= target, counts.lost == 0 { return }
            guard counts.lost == 0 else {
                throw BenchError.refused(
                    "\(counts.watching) of \(target) viewers came, then \(counts.firstLoss)"
                )
            }
            guard MonotonicTime.now() < deadline else {
                throw BenchError.timedOut("\(counts.watching) of \(target) viewers came")
            }
            try pass(.milliseconds(20))
        }
    }

    /// Has them come, each process its share.
    package func tellToGather(_ count: Int, concurrency: Int) {
        for (index, process) in processes.enumerated() {
            process.link.send { json in
                json.member("do", string: "gather")
                json.member("count", integer: share(of: count, index))
                json.member("concurrency", integer: max(1, share(of: concurrency, index)))
            }
        }
    }

    private func share(of count: Int, _ index: Int) -> Int {
        count / processes.count + (index < count % processes.count ? 1 : 0)
    }

    /// Drops all connections at once.
    package func drop() { tell("drop") }
    /// Whoever comes from now on recovers from where the channel stood when the first came.
    package func recoverFromNowOn() { tell("recover") }
    /// Forgets what was delivered, not who is there.
    package func reset() { tell("reset") }

    private func tell(_ what: String) {
        for process in processes { process.link.send { $0.member("do", string: what) } }
    }

    /// What all have seen so far.
    package func report() throws -> LoadCounts {
        reports = []
        tell("report")
        // A process that is busy with a storm answers at the end of its turn.
        let deadline = MonotonicTime.now() + .seconds(60)
        while reports.count < processes.count {
            guard !isBroken else { throw BenchError.refused("a process of the load ended") }
            guard MonotonicTime.now() < deadline else {
                throw BenchError.timedOut("a process of the load does not answer")
            }
            try loop.runOnce(maximumWait: .milliseconds(50))
        }
        var sum = LoadCounts()
        for report in reports { sum.add(report) }
        return sum
    }

    /// Lets time pass.
    package func pass(_ time: Duration) throws {
        let end = MonotonicTime.now() + time
        while MonotonicTime.now() < end {
            try loop.runOnce(maximumWait: max(.zero, end - .now()))
        }
    }
}
