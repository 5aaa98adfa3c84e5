// SPDX-License-Identifier: Apache-2.0

/// Why a plugin cannot run, for the operator.
package struct PluginLoadError: Error, Hashable, Sendable, CustomStringConvertible {
    package struct Finding: Hashable, Sendable {
        /// The key of its manifest that it has to do with, or a place below one: `settings/lists/0`.
        package let key: String
        /// One line, without the plugin's name.
        package let message: String
    }

    package let plugin: String
    /// At least one.
    package let findings: [Finding]

    init(_ plugin: String, _ findings: [Finding]) {
        self.plugin = plugin
        self.findings = findings
    }

    init(_ plugin: String, _ key: String, _ message: String) {
        self.init(plugin, [Finding(key: key, message: message)])
    }

    package var description: String {
        "plugin \(plugin): \(findings.map(\.message).joined(separator: "; "))"
    }
}
