// SPDX-License-Identifier: Apache-2.0

/// Times in buckets of a quarter of an octave: from 256 ns to 2^38 ns (275 s), each known to a quarter.
///
/// Enough to tell a hook of a microsecond from one of ten, at 0.9 KiB for each.
package enum TimeBuckets {
    package static let count = 119

    /// Below this all are one.
    private static let firstExponent = 8
    private static let partsPerOctave = 4

    static func index(of nanoseconds: UInt64) -> Int {
        guard nanoseconds >= 1 << UInt64(firstExponent) else { return 0 }
        let exponent = 63 - nanoseconds.leadingZeroBitCount
        let part = Int(nanoseconds >> UInt64(exponent - 2) & 3)
        return min(1 + (exponent - firstExponent) * partsPerOctave + part, count - 1)
    }

    /// The least time that is too long for a bucket.
    static func end(of index: Int) -> UInt64 {
        let exponent = firstExponent + index / partsPerOctave
        return UInt64(partsPerOctave + index % partsPerOctave) << UInt64(exponent - 2)
    }

    /// The time that this share of all did not exceed, rounded up to its bucket's end; nil when there
    /// are none.
    package static func quantile(_ share: Double, of buckets: [UInt64]) -> UInt64? {
        let total = buckets.reduce(0, &+)
        guard total > 0 else { return nil }
        let rank = max(1, UInt64((share * Double(total)).rounded(.up)))
        var seen: UInt64 = 0
        for (index, count) in buckets.enumerated() {
            seen &+= count
            if seen >= rank { return end(of: index) }
        }
        return end(of: buckets.count - 1)
    }
}
