// SPDX-License-Identifier: Apache-2.0

/// Why a plugin cannot run, for the operator.
package struct PluginLoadError: Error, Hashable, Sendable, CustomStringConvertible {
    package let plugin: String
    /// `FILE:LINE` of the manifest.
    package let source: String
    package let message: String

    package var description: String { "\(source): plugin \(plugin): \(message)" }
}
