// SPDX-License-Identifier: Apache-2.0

package import Hooks

/// One plugin, as its own manifest describes it.
///
/// Each property says what it is; Manifests/plugins/example-c.yaml documents the keys.
package struct PluginSettings: Hashable, Sendable {
    /// What answers in the place of a plugin that does not.
    package enum Fallback: String, CaseIterable, Sendable {
        case allow
        case reject
    }

    /// Its place in the status page, as the supervisor tells the worker; never a key of a manifest.
    package var number: Int = 0
    /// `[a-z][a-z0-9-]{0,31}`, the same as in its library.
    package var name: String = ""
    /// The shared library; absolute once the manifests are read.
    package var library: String = ""
    /// The ABI's major version that the manifest was written for.
    package var abi: Int = 1
    /// Where several plugins have a hook, the lower number is asked first; then the list's order.
    package var order: Int = 0
    /// The hooks to call; nil: all that it has, until its check has said which.
    package var hooks: Set<Hook>?
    /// How long a pending call may wait, where it differs from `Hook.defaultDeadline`.
    package var deadlines: [Hook: Duration] = [:]
    /// What a call is answered with whose deadline has passed.
    package var onTimeout: Fallback = .allow
    /// Where a hook's `onTimeout` differs from the plugin's.
    package var hookOnTimeout: [Hook: Fallback] = [:]
    /// What its hooks are answered with while it is in quarantine.
    package var whenQuarantined: Fallback = .allow
    /// So many deaths of workers within `quarantineWindow` put it into quarantine.
    package var quarantineDeaths: Int = 3
    package var quarantineWindow: Duration = .seconds(600)
    /// How long `destroy` may take, together with the work that it waits for.
    package var stopTimeout: Duration = .seconds(2)
    /// A call that holds the loop for longer is warned about.
    package var slowCall: Duration = .milliseconds(50)
    /// What its author says of its memory, for people.
    package var memory: String = ""
    /// The plugin's own settings, as JSON text of an object.
    package var settings: [UInt8] = Array("{}".utf8)
    /// Its manifest's path, to say where it comes from.
    package var manifest: String = ""

    package init() {}
}

extension PluginSettings {
    /// The status page has places for so many.
    package static let maximumCount = 16
    /// Every worker is handed the settings of all plugins; what is larger belongs into a file.
    package static let maximumSettingsByteCount = 32 << 10
    /// Containers within each other in `settings`.
    package static let maximumSettingsDepth = 16
}
