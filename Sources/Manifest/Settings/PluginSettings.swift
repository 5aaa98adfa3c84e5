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

    /// Its number in the status page, from 0, below `maximumCount`; never a key of a manifest.
    package var identifier: Int = 0
    /// `[a-z][a-z0-9-]{0,31}`, the same as in its library.
    package var name: String = ""
    /// The shared library; absolute once the manifest is read.
    package var library: String = ""
    /// The ABI's major version that the manifest was written for.
    package var abi: Int = 1
    /// Where several plugins have a hook, the lower number is asked first; then the list's order.
    package var order: Int = 0
    /// The hooks to call; nil until its check has said which it has.
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
    package var stopTimeout: Duration = .seconds(5)
    /// A call that holds the loop for longer is warned about.
    package var slowCall: Duration = .milliseconds(50)
    /// The plugin's own settings, as JSON text of an object.
    package var settings: [UInt8] = Array("{}".utf8)
    /// `FILE:LINE` of the manifest, to locate what is wrong with it.
    package var source: String = ""

    package init() {}
}

extension PluginSettings {
    /// The status page has places for so many.
    package static let maximumCount = 16
}
