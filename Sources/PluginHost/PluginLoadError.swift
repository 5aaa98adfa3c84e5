// SPDX-License-Identifier: Apache-2.0

/// Why a plugin cannot run, for the operator.
package struct PluginLoadError: Error, Hashable, Sendable, CustomStringConvertible {
    package let plugin: String
    /// The key of its manifest that it has to do with, or a place below one: `settings/lists/0`.
    package let key: String
    /// One line, without the plugin's name.
    package let message: String

    package init(_ plugin: String, _ key: String, _ message: String) {
        self.plugin = plugin
        self.key = key
        self.message = message
    }

    package var description: String { "plugin \(plugin): \(message)" }
}
