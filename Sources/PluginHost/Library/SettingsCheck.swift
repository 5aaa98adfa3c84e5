// SPDX-License-Identifier: Apache-2.0

import CSettingsSchema

/// Whether a plugin's settings fit the JSON Schema that its library brings.
enum SettingsCheck {
    private static let textByteCount = 16 << 10

    /// Each finding with its place, `settings/lists/0`; empty: they fit.
    static func findings(
        _ settings: [UInt8],
        schema: [UInt8]?
    ) -> [PluginLoadError.Finding] {
        guard let schema else {
            return settings == Array("{}".utf8)
                ? []
                : [
                    .init(
                        key: "settings",
                        message: "the plugin takes no settings: it has no schema"
                    )
                ]
        }
        var text = [CChar](repeating: 0, count: textByteCount)
        // Each array is read, or written, within the size that is told, during the call alone.
        let result = unsafe schema.withUnsafeBytes { schema in
            unsafe settings.withUnsafeBytes { settings in
                unsafe text.withUnsafeMutableBufferPointer { text in
                    unsafe tally_check_settings(
                        schema.baseAddress?.assumingMemoryBound(to: CChar.self),
                        schema.count,
                        settings.baseAddress?.assumingMemoryBound(to: CChar.self),
                        settings.count,
                        text.baseAddress,
                        text.count
                    )
                }
            }
        }
        let lines = String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        switch Int(result) {
        case TALLY_SCHEMA_FITS: return []
        case TALLY_SCHEMA_DIFFERS: return lines.split(separator: "\n").map(finding)
        default:
            return [
                .init(
                    key: "library",
                    message: "the plugin's settings_schema cannot be used: \(lines)"
                )
            ]
        }
    }

    /// `PLACE: what was expected`.
    private static func finding(_ line: Substring) -> PluginLoadError.Finding {
        let key = line.firstRange(of: ": ").map { String(line[..<$0.lowerBound]) }
        return .init(key: key ?? "settings", message: String(line))
    }
}
