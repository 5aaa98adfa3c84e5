// SPDX-License-Identifier: Apache-2.0

package import Histogram
import JSON
import Reactor

/// What viewers have seen so far, of one process or of all.
package struct LoadCounts {
    /// Viewers that are there: subscribed, or with an open WebSocket where nothing is subscribed.
    package var watching = 0
    /// Those that ever were, each return counted.
    package var begun = 0
    /// Connections that came to nothing, or were lost.
    package var lost = 0
    /// Why the first of them was.
    package var firstLoss = ""
    package var delivered = 0
    package var frameCount = 0
    package var receivedByteCount = 0
    package var sentByteCount = 0
    /// Viewers that were told that they have everything that they missed.
    package var recovered = 0
    /// Messages that came with it.
    package var recoveredMessages = 0
    /// On the clock of all processes, in nanoseconds; 0: never.
    package var firstStartedAt: UInt64 = 0
    package var lastBegunAt: UInt64 = 0
    /// Processor time of the processes themselves, in nanoseconds.
    package var processorTime: UInt64 = 0
    /// Microseconds from sending to receiving.
    package var latency = LoadCounts.microseconds()
    /// Microseconds from the first packet of a connection to watching.
    package var arrival = LoadCounts.microseconds()

    package init() {}

    /// From 1 µs to a minute, to three digits.
    static func microseconds() -> Histogram<UInt64> {
        Histogram(
            highestTrackableValue: highestMicroseconds,
            numberOfSignificantValueDigits: .three
        )
    }

    static let highestMicroseconds: UInt64 = 60_000_000

    /// Forgets what was delivered, not who is there.
    mutating func reset() {
        var kept = LoadCounts()
        kept.watching = watching
        self = kept
    }

    mutating func add(_ other: LoadCounts) {
        for path in Self.sums.values { self[keyPath: path] += other[keyPath: path] }
        if firstLoss.isEmpty { firstLoss = other.firstLoss }
        if other.firstStartedAt > 0 {
            firstStartedAt =
                firstStartedAt == 0
                ? other.firstStartedAt : min(firstStartedAt, other.firstStartedAt)
        }
        lastBegunAt = max(lastBegunAt, other.lastBegunAt)
        processorTime += other.processorTime
        latency.add(other.latency)
        arrival.add(other.arrival)
    }

    // MARK: Between the processes

    // Key paths are no `Sendable`, and there is one thread.
    private static var sums: [String: WritableKeyPath<LoadCounts, Int>] {
        [
            "watching": \.watching, "begun": \.begun, "lost": \.lost, "delivered": \.delivered,
            "frames": \.frameCount, "received": \.receivedByteCount, "sent": \.sentByteCount,
            "recovered": \.recovered, "recovered_messages": \.recoveredMessages,
        ]
    }

    private static var times: [String: WritableKeyPath<LoadCounts, UInt64>] {
        [
            "first_started": \.firstStartedAt, "last_begun": \.lastBegunAt,
            "processor": \.processorTime,
        ]
    }

    private static var histograms: [String: WritableKeyPath<LoadCounts, Histogram<UInt64>>] {
        ["latency": \.latency, "arrival": \.arrival]
    }

    func writeMembers(to json: inout JSONWriter) {
        for (name, path) in Self.sums { json.member(name, integer: self[keyPath: path]) }
        for (name, path) in Self.times { json.member(name, integer: self[keyPath: path]) }
        json.member("first_loss", string: firstLoss)
        for (name, path) in Self.histograms {
            json.key(name)
            json.beginArray()
            for recorded in self[keyPath: path].recordedValues() {
                json.integer(recorded.value)
                json.integer(recorded.count)
            }
            json.endArray()
        }
    }

    init(_ value: JSONValue) {
        for (name, path) in Self.sums { self[keyPath: path] = Int(value[name]?.integer ?? 0) }
        for (name, path) in Self.times {
            self[keyPath: path] = UInt64(clamping: value[name]?.integer ?? 0)
        }
        firstLoss = value["first_loss"]?.string ?? ""
        for (name, path) in Self.histograms {
            let numbers = (value[name]?.elements ?? []).map { UInt64(clamping: $0.integer ?? 0) }
            for index in stride(from: 0, to: numbers.count - 1, by: 2) {
                self[keyPath: path].record(numbers[index], count: numbers[index + 1])
            }
        }
    }
}

extension LoadCounts {
    /// Microseconds between two moments, held to what is tracked.
    static func microseconds(from start: UInt64, to end: UInt64) -> UInt64 {
        end > start ? min((end - start) / 1_000, highestMicroseconds) : 0
    }
}
