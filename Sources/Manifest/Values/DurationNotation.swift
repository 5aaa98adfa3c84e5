// SPDX-License-Identifier: Apache-2.0

/// Durations as people write them, in manifests and on the command line: `500ms`, `30s`, `5m`.
///
/// A whole number and a unit, without a space; 0 needs no unit.
package enum DurationNotation {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    package static let hint = "a duration such as 500ms, 30s, 5m or 1h"

    package static func parse(_ text: String) -> Duration? {
        guard let (number, unit) = NumberWithUnit.split(text) else { return nil }
        if unit.isEmpty {
            return number == 0 ? .zero : nil
        }
        guard let scale = units.first(where: { $0.name == unit })?.milliseconds else { return nil }
        let (milliseconds, overflow) = number.multipliedReportingOverflow(by: scale)
        return overflow ? nil : .milliseconds(milliseconds)
    }

    /// The shortest exact notation; below a millisecond is cut off.
    package static func text(of duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        if milliseconds == 0 { return "0s" }
        for (name, scale) in units where milliseconds % scale == 0 {
            return "\(milliseconds / scale)\(name)"
        }
        return "\(milliseconds)ms"
    }
}

/// A whole number followed at once by the name of its unit.
enum NumberWithUnit {
    /// - Returns: nil when there is no number, or it does not fit.
    static func split(_ text: String) -> (number: Int64, unit: String)? {
        let digits = text.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard let number = Int64(String(decoding: digits, as: UTF8.self)) else { return nil }
        return (number, String(decoding: text.utf8.dropFirst(digits.count), as: UTF8.self))
    }
}
