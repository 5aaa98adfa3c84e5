// SPDX-License-Identifier: Apache-2.0

/// What `tally plugin list` shows of one plugin, over all workers.
package struct PluginStatus: Hashable, Sendable {
    /// Its number on this node.
    package let number: Int
    package let entry: PluginEntry
    /// As the plugin says; empty before any worker had it.
    package internal(set) var version = ""
    /// Workers that have an instance now.
    package internal(set) var instances = 0
    /// Calls that wait for their answer now.
    package internal(set) var pending = 0
    /// Of each activity that there was.
    package internal(set) var activities: [PluginActivity: PluginActivityStatus] = [:]
    /// The plugin's own, of all processes that there were.
    package internal(set) var counters: [String: UInt64] = [:]
    /// The plugin's own, summed over the processes that live.
    package internal(set) var gauges: [String: Int64] = [:]

    init(number: Int, entry: PluginEntry) {
        self.number = number
        self.entry = entry
    }

    package func total(_ figure: PluginFigure) -> UInt64 {
        activities.values.reduce(0) { $0 &+ $1[figure] }
    }
}

/// What was counted of one activity.
package struct PluginActivityStatus: Hashable, Sendable {
    private var figures = [UInt64](repeating: 0, count: PluginFigure.allCases.count)
    private var times = [UInt64](repeating: 0, count: TimeBuckets.count)
    /// The longest that the loop was in one call.
    package private(set) var maximumNanoseconds: UInt64 = 0

    package subscript(figure: PluginFigure) -> UInt64 { figures[figure.rawValue] }

    /// The time that this share of the calls did not exceed, to a quarter of it; nil before the
    /// first.
    package func nanoseconds(ofShare share: Double) -> UInt64? {
        TimeBuckets.quantile(share, of: times).map { min($0, maximumNanoseconds) }
    }

    /// Adds what another process counted: the words of an activity's part of a block.
    mutating func add(_ words: ArraySlice<UInt64>) {
        let words = Array(words)
        for index in figures.indices {
            figures[index] &+= words[PluginLayout.Activity.figures + index]
        }
        for index in times.indices { times[index] &+= words[PluginLayout.Activity.times + index] }
        maximumNanoseconds = max(
            maximumNanoseconds,
            words[PluginLayout.Activity.maximumNanoseconds]
        )
    }

    var isEmpty: Bool { figures.allSatisfy { $0 == 0 } && maximumNanoseconds == 0 }
}
