// SPDX-License-Identifier: Apache-2.0

import Reactor

/// What is counted for each plugin and activity.
package enum PluginFigure: Int, CaseIterable, Sendable {
    case calls
    case rejections
    case replacements
    /// Calls that were answered later, or are still to be.
    case deferrals
    /// Calls that the manifest's `on_timeout` answered.
    case timeouts
    /// Answers that came too late, twice, or for nothing.
    case strayAnswers
    /// Calls that took longer than the manifest's threshold.
    case slowCalls

    /// As in `tally plugin list --json`.
    package var name: String {
        switch self {
        case .strayAnswers: "stray_answers"
        case .slowCalls: "slow_calls"
        default: "\(self)"
        }
    }
}

/// One worker's figures of one plugin, in the file `plugins`.
///
/// A replacement goes on where its predecessor in the slot stopped. Only the loop counts; but numbers
/// (`PluginNumber`) may change on any thread.
package final class PluginFigures {
    private let memory: SharedMemory
    private let offset: Int

    init(_ memory: SharedMemory, offset: Int) {
        self.memory = memory
        self.offset = offset
    }

    /// Says that this process has an instance, of this version: at most 64 bytes are kept.
    package func begin(version: String) {
        memory.setText(
            version,
            at: offset + PluginLayout.Block.version,
            byteCountAt: offset + PluginLayout.Block.versionByteCount,
            maximumByteCount: PluginLayout.Block.maximumVersionByteCount
        )
        memory[offset + PluginLayout.Block.isLoaded] = 1
    }

    /// Clears what was true of a process that is gone; what it counted stays.
    func forgetPredecessor() {
        memory[offset + PluginLayout.Block.isLoaded] = 0
        memory[offset + PluginLayout.Block.pending] = 0
        for index in 0..<PluginLayout.Block.maximumNumberCount {
            let place =
                offset + PluginLayout.Block.numbers + index * PluginLayout.Block.numberWordCount
            guard memory[place + PluginLayout.Number.kind] == PluginNumber.Kind.gauge.rawValue
            else { continue }
            memory[place + PluginLayout.Number.value] = 0
        }
    }

    /// Calls that wait for their answer now.
    package func setPending(_ count: Int) {
        memory[offset + PluginLayout.Block.pending] = UInt64(clamping: count)
    }

    /// Counts a call that has returned, and how long the loop was in it.
    package func addCall(_ activity: PluginActivity, took time: Duration) {
        add(.calls, activity)
        let nanoseconds = UInt64(clamping: time.clampedNanoseconds)
        let base = place(activity)
        let most = base + PluginLayout.Activity.maximumNanoseconds
        if memory[most] < nanoseconds { memory[most] = nanoseconds }
        memory[base + PluginLayout.Activity.times + TimeBuckets.index(of: nanoseconds)] &+= 1
    }

    /// The time that this share of the calls did not exceed, to a quarter of it; 0 before the first.
    package func nanoseconds(ofShare share: Double, _ activity: PluginActivity) -> UInt64 {
        let base = place(activity)
        let first = base + PluginLayout.Activity.times
        let times = (first..<first + TimeBuckets.count).map { memory[$0] }
        let most = memory[base + PluginLayout.Activity.maximumNanoseconds]
        return min(TimeBuckets.quantile(share, of: times) ?? 0, most)
    }

    package func add(_ figure: PluginFigure, _ activity: PluginActivity) {
        memory[place(activity) + PluginLayout.Activity.figures + figure.rawValue] &+= 1
    }

    /// A counter or gauge of the plugin's own, made at its first use.
    ///
    /// Not to be called by two threads at once; what it returns may be used by any.
    /// - Returns: nil when the name is wrong, of the other kind, or one too many (32).
    package func number(named name: String, _ kind: PluginNumber.Kind) -> PluginNumber? {
        let bytes = Array(name.utf8)
        guard PluginNumber.isName(bytes) else { return nil }
        for index in 0..<PluginLayout.Block.maximumNumberCount {
            let place =
                offset + PluginLayout.Block.numbers + index * PluginLayout.Block.numberWordCount
            let found = memory[place + PluginLayout.Number.kind]
            if found == 0 {
                memory.setText(
                    name,
                    at: place + PluginLayout.Number.name,
                    byteCountAt: place + PluginLayout.Number.nameByteCount,
                    maximumByteCount: PluginLayout.Block.maximumNumberNameByteCount
                )
                memory[place + PluginLayout.Number.kind] = kind.rawValue
            } else {
                let known = memory.text(
                    at: place + PluginLayout.Number.name,
                    byteCount: memory[place + PluginLayout.Number.nameByteCount],
                    maximumByteCount: PluginLayout.Block.maximumNumberNameByteCount
                )
                guard known == bytes else { continue }
                guard found == kind.rawValue else { return nil }
            }
            return PluginNumber(memory, place + PluginLayout.Number.value)
        }
        return nil
    }

    private func place(_ activity: PluginActivity) -> Int {
        offset + PluginLayout.Block.activities
            + Int(activity.rawValue) * PluginLayout.Block.activityWordCount
    }
}

/// A counter or gauge of a plugin's own.
package struct PluginNumber: Sendable {
    package enum Kind: UInt64, Sendable {
        case counter = 1
        case gauge = 2
    }

    private let memory: SharedMemory
    private let word: Int

    init(_ memory: SharedMemory, _ word: Int) {
        self.memory = memory
        self.word = word
    }

    /// For a counter; on any thread.
    package func add(_ count: UInt64) { memory.add(count, to: word) }

    /// For a gauge; on any thread.
    package func set(_ value: Int64) { memory[word] = UInt64(bitPattern: value) }

    /// 1..40 bytes of [a-z0-9_].
    static func isName(_ bytes: [UInt8]) -> Bool {
        1...PluginLayout.Block.maximumNumberNameByteCount ~= bytes.count
            && bytes.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "_")
            }
    }
}
