// SPDX-License-Identifier: Apache-2.0

import Digests
import Hooks
import Manifest
import Reactor
import Supervisor

extension SupervisedPlugin {
    /// A plugin as its manifest describes it, with the library that lies there now.
    init(_ settings: PluginSettings) {
        self.init(
            name: settings.name,
            library: settings.library,
            libraryIdentity: Self.identity(settings.library),
            manifest: Self.fingerprint(settings),
            quarantineDeaths: settings.quarantineDeaths,
            quarantineWindow: settings.quarantineWindow
        )
    }

    /// Empty for a library that cannot be opened; the check of plugins says so.
    private static func identity(_ path: String) -> String {
        (try? File.identity(File.open(path, for: .reading))) ?? ""
    }

    /// Another one when anything that the plugin could notice is another: not its place in a file, and
    /// not what quarantines are made of, since lowering a limit is no new version.
    private static func fingerprint(_ settings: PluginSettings) -> String {
        let hooks = (settings.hooks ?? []).map(\.name).sorted()
        let deadlines = settings.deadlines.map { "\($0.key.name)=\($0.value)" }.sorted()
        let fallbacks = settings.hookOnTimeout.map { "\($0.key.name)=\($0.value)" }.sorted()
        let text = [
            "\(settings.abi)", "\(settings.order)", hooks.joined(separator: ","),
            deadlines.joined(separator: ","), "\(settings.onTimeout)",
            fallbacks.joined(separator: ","), "\(settings.stopTimeout)",
        ]
        let digest = SHA1.digest(Array(text.joined(separator: "\n").utf8) + settings.settings)
        return digest.map { String($0, radix: 16) }.joined(separator: ".")
    }
}
