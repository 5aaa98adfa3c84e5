// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// What `tally status` shows: a status page at one moment.
package struct StatusSnapshot: Hashable, Sendable {
    /// Whether the supervisor runs; otherwise everything else is what it left behind.
    package let isSupervisorAlive: Bool
    /// Where the service listens, as `SocketAddress` writes it.
    package let addresses: [String]
    /// The supervisor, the hub, and each worker once, whether it runs or is about to be restarted.
    package let processes: [ProcessStatus]
    /// Processes that were replaced and finish what they have.
    package let retiring: [ProcessStatus]
}

/// One process at that moment.
package struct ProcessStatus: Hashable, Sendable {
    package let identity: ProcessIdentity
    /// 0: not running now.
    package let pid: Int
    package let phase: ProcessPhase
    /// How often it was started again.
    package let restarts: Int
    /// Unix milliseconds.
    package let startedAt: Int64
    /// nil: has not beaten yet.
    package let lastBeat: MonotonicTime?
    package let connections: Int
    /// In the order of `Counter.allCases`; what all processes of this identity have counted, but of a
    /// retiring one its own.
    package fileprivate(set) var counters: [UInt64]

    package subscript(counter: Counter) -> UInt64 { counters[counter.rawValue] }
}

/// Names of the files in a data folder that others than their owner look for.
package enum DataFolder {
    package static func statusPath(_ folder: String) -> String { folder + "/status" }
    /// Which plugins there are, and what workers count of them.
    package static func pluginsPath(_ folder: String) -> String { folder + "/plugins" }
    /// Locked for as long as a supervisor runs on the folder; holds its process id as text.
    package static func lockPath(_ folder: String) -> String { folder + "/lock" }
    /// Where the supervisor takes an operator's requests.
    package static func operatorSocketPath(_ folder: String) -> String {
        folder + "/supervisor.sock"
    }
    package static func hubSocketPath(_ folder: String) -> String { folder + "/hub.sock" }
}

/// Reads the status page in a data folder.
package enum StatusReader {
    package static func read(folder: String) throws(StatusError) -> StatusSnapshot {
        let path = DataFolder.statusPath(folder)
        let bytes: [UInt8]
        let isAlive: Bool
        do throws(SystemError) {
            isAlive = try isServed(folder)
            bytes = try StatusContents.bytes(of: File.open(path, for: .reading))
        } catch {
            throw error.isMissingFile ? .missing(path: path) : .unreadable(error)
        }
        return try snapshot(StatusContents(bytes), isSupervisorAlive: isAlive)
    }

    /// Whether a supervisor holds the folder's lock; a killed one holds none.
    package static func isServed(_ folder: String) throws(SystemError) -> Bool {
        do throws(SystemError) {
            let lock = try File.open(DataFolder.lockPath(folder), for: .reading)
            return try File.isLocked(lock)
        } catch {
            if error.isMissingFile { return false }
            throw error
        }
    }

    private static func snapshot(
        _ contents: StatusContents,
        isSupervisorAlive: Bool
    ) -> StatusSnapshot {
        var all: [(standing: ProcessStanding, process: ProcessStatus)] = []
        for slot in 0..<contents.slotCount {
            guard let process = process(contents, slot) else { continue }
            let standing = contents.word(StatusLayout.Slot.standing, ofSlot: slot)
            all.append((ProcessStanding(rawValue: standing) ?? .vacant, process))
        }
        var current: [ProcessIdentity: ProcessStatus] = [:]
        var order: [ProcessIdentity] = []
        for (standing, process) in all where standing == .current {
            // For a moment of a replacement there are two: the younger one has taken over.
            guard let other = current.updateValue(process, forKey: process.identity) else {
                order.append(process.identity)
                continue
            }
            if other.startedAt > process.startedAt { current[process.identity] = other }
        }
        let family = Dictionary(grouping: all.map(\.process), by: \.identity)
        for identity in order {
            current[identity]?.counters = sum((family[identity] ?? []).map(\.counters))
        }
        return StatusSnapshot(
            isSupervisorAlive: isSupervisorAlive,
            addresses: contents.addresses,
            processes: order.compactMap { current[$0] },
            retiring: all.filter { $0.standing == .retiring }.map(\.process)
        )
    }

    private static func sum(_ counters: [[UInt64]]) -> [UInt64] {
        counters.reduce(Array(repeating: 0, count: Counter.allCases.count)) { sum, own in
            zip(sum, own).map { $0 &+ $1 }
        }
    }

    /// - Returns: nil for a slot that nobody has used.
    private static func process(_ contents: StatusContents, _ slot: Int) -> ProcessStatus? {
        func word(_ word: Int) -> UInt64 { contents.word(word, ofSlot: slot) }
        guard let role = ProcessRole(rawValue: word(StatusLayout.Slot.role)) else { return nil }
        let beat = word(StatusLayout.Slot.beatTime)
        let isRetiring = word(StatusLayout.Slot.standing) == ProcessStanding.retiring.rawValue
        return ProcessStatus(
            identity: ProcessIdentity(role, Int(clamping: word(StatusLayout.Slot.index))),
            pid: Int(clamping: word(StatusLayout.Slot.pid)),
            phase: isRetiring
                ? .retiring : ProcessPhase(rawValue: word(StatusLayout.Slot.phase)) ?? .down,
            restarts: Int(clamping: word(StatusLayout.Slot.restarts)),
            startedAt: Int64(clamping: word(StatusLayout.Slot.startedAt)),
            lastBeat: beat == 0 ? nil : MonotonicTime(nanoseconds: beat),
            connections: Int(clamping: word(StatusLayout.Slot.connections)),
            counters: Counter.allCases.map { word(StatusLayout.Slot.counters + $0.rawValue) }
        )
    }
}
