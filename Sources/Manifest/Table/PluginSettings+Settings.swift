// SPDX-License-Identifier: Apache-2.0

import Hooks

extension PluginSettings {
    /// Every key of a plugin's manifest but `settings`, in the manifest's order.
    package static let settings: [Setting<PluginSettings>] =
        [
            .scalar(
                nameKey,
                \.name,
                expected: PluginName.hint,
                parse: { PluginName.isValid($0) ? $0 : nil },
                text: { $0 }
            ),
            .text(libraryKey, \.library, maximumByteCount: 1_024),
            .count("abi", \.abi, in: 1...1),
            .count("order", \.order, in: -1_000...1_000),
            .list(
                "hooks",
                \.hookNames,
                expected: "one of \(allHooks), "
                    + Hook.allCases.map(\.name).joined(separator: ", "),
                maximumCount: Hook.allCases.count,
                parse: { $0 == allHooks || Hook(name: $0) != nil ? $0 : nil },
                text: { $0 }
            ),
            .choice("on_timeout", \.onTimeout, of: Fallback.allCases),
            .choice("when_quarantined", \.whenQuarantined, of: Fallback.allCases),
            .count("quarantine.deaths", \.quarantineDeaths, in: 1...100),
            .duration(
                "quarantine.within",
                \.quarantineWindow,
                in: .seconds(1)...(.seconds(86_400))
            ),
            .duration("stop_timeout", \.stopTimeout, in: .milliseconds(1)...(.seconds(60))),
            .duration("slow_call", \.slowCall, in: .milliseconds(1)...(.seconds(10))),
            .text("memory", \.memory, maximumByteCount: 255),
        ] + deadlineSettings + timeoutSettings

    /// The two keys that a plugin's manifest must have.
    package static let nameKey = "name"
    package static let libraryKey = "library"
    /// The key whose value is the plugin's affair.
    package static let settingsKey = "settings"
    /// In `hooks`: whatever the library has.
    package static let allHooks = "all"

    private static let deadlineSettings: [Setting<PluginSettings>] = waitingHooks.map { hook in
        .optional(
            "deadlines.\(hook.name)",
            read: { $0.deadlines[hook] },
            write: { $0.deadlines[hook] = $1 },
            expected: "\(DurationNotation.hint), from 1ms to 10m",
            parse: {
                DurationNotation.parse($0)
                    .flatMap { .milliseconds(1)...(.seconds(600)) ~= $0 ? $0 : nil }
            },
            text: { DurationNotation.text(of: $0) }
        )
    }

    private static let timeoutSettings: [Setting<PluginSettings>] = decidingHooks.map { hook in
        .optional(
            "on_timeout_of.\(hook.name)",
            read: { $0.hookOnTimeout[hook] },
            write: { $0.hookOnTimeout[hook] = $1 },
            expected: "one of " + Fallback.allCases.map(\.rawValue).joined(separator: ", "),
            parse: { Fallback(rawValue: $0) },
            text: { $0.rawValue }
        )
    }

    /// What `tick` answers is ignored.
    private static let waitingHooks = Hook.allCases.filter { $0 != .tick }
    private static let decidingHooks = Hook.allCases.filter(\.decides)

    /// `hooks` as the names that manifests use.
    private var hookNames: [String] {
        get { hooks.map { $0.map(\.name).sorted() } ?? [Self.allHooks] }
        set {
            hooks =
                newValue.contains(Self.allHooks)
                ? nil : Set(newValue.compactMap { Hook(name: $0) })
        }
    }
}

extension Setting {
    /// A scalar that need not be there: without a text it is nil.
    fileprivate static func optional<Value>(
        _ key: String,
        read: @escaping @Sendable (Root) -> Value?,
        write: @escaping @Sendable (inout Root, Value?) -> Void,
        expected: String,
        parse: @escaping @Sendable (String) -> Value?,
        text: @escaping @Sendable (Value) -> String
    ) -> Setting {
        Setting(
            key: key,
            shape: .scalar,
            expected: expected,
            apply: { (root: inout Root, texts: [String]) throws(InvalidValue) in
                guard let only = texts.first else { return write(&root, nil) }
                guard texts.count == 1, let value = parse(only) else {
                    throw .expected(expected, found: texts.joined(separator: ","))
                }
                write(&root, value)
            },
            read: { read($0).map { [text($0)] } ?? [] }
        )
    }
}
