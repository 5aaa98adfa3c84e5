// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Times for people.
enum ReadableTime {
    /// The two largest units: `3d 4h`, `12m 5s`, `0s`.
    static func age(milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds / 1_000)
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "m"),
            (seconds % 60, "s"),
        ]
        let shown = parts.drop { $0.0 == 0 }.prefix(2).filter { $0.0 > 0 }
        return shown.isEmpty ? "0s" : shown.map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }

    /// The local time of day of a moment in Unix milliseconds: `14:03:07`.
    static func clock(milliseconds: Int64) -> String {
        let moment = Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
        let parts = Calendar.current.dateComponents([.hour, .minute, .second], from: moment)
        return [parts.hour, parts.minute, parts.second]
            .map { part in
                let text = String(part ?? 0)
                return text.count < 2 ? "0" + text : text
            }
            .joined(separator: ":")
    }
}
