// SPDX-License-Identifier: Apache-2.0

/// Sizes as people write them: `512B`, `64KiB`, `1MiB`, `2GiB`.
///
/// A whole number and a unit of 1,024 each, without a space; 0 needs no unit. Units of 1,000 are
/// refused, so that nobody has to remember which of the two a key means.
package enum ByteCountNotation {
    private static let units: [(name: String, byteCount: Int64)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
    ]

    package static let hint = "a size such as 512B, 64KiB or 1MiB"

    package static func parse(_ text: String) -> Int? {
        guard let (number, unit) = NumberWithUnit.split(text) else { return nil }
        if unit.isEmpty {
            return number == 0 ? 0 : nil
        }
        guard let scale = units.first(where: { $0.name == unit })?.byteCount else { return nil }
        let (byteCount, overflow) = number.multipliedReportingOverflow(by: scale)
        return overflow ? nil : Int(exactly: byteCount)
    }

    /// The shortest exact notation.
    package static func text(of byteCount: Int) -> String {
        for (name, scale) in units where byteCount != 0 && Int64(byteCount) % scale == 0 {
            return "\(Int64(byteCount) / scale)\(name)"
        }
        return "0B"
    }
}
