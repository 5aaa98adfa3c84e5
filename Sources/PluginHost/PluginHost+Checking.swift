// SPDX-License-Identifier: Apache-2.0

package import Hooks
import Manifest

/// What a loaded plugin says of itself.
package struct LoadedPlugin: Hashable, Sendable {
    package let name: String
    package let version: String
    package let summary: String
    /// Those that will be called.
    package let hooks: Set<Hook>
    package let hasSelfTest: Bool
}

/// For `tally plugin check`, in a process of its own.
extension PluginHost {
    package var loadedPlugins: [LoadedPlugin] {
        instances.map { instance in
            LoadedPlugin(
                name: instance.settings.name,
                version: instance.library.version,
                summary: instance.library.summary,
                hooks: Set(Hook.allCases.filter(instance.has)),
                hasSelfTest: instance.hasSelfTest
            )
        }
    }

    /// Calls a plugin's `self_test`; nil: it is well, or has none.
    package func selfTest(_ plugin: String) -> String? {
        instances.first { $0.settings.name == plugin }?.selfTest()
    }
}
