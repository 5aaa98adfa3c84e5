// SPDX-License-Identifier: Apache-2.0

package import Hooks
package import Logging
package import Manifest
package import Reactor
package import StatusPage

/// The plugins of one worker: loads them, asks them, and does what they ask.
///
/// It belongs to the loop's thread. A hot path asks `implements` first, which costs a bit test;
/// nothing else is done for a hook that no plugin has.
package final class PluginHost {
    private let loop: EventLoop
    private let plugins: [PluginSettings]
    private let quarantined: Set<String>
    private let status: StatusSlot
    private weak var services: (any PluginServices)?
    private let logger: Logger

    /// - Parameters:
    ///   - plugins: in any order; their `order` counts.
    ///   - quarantined: the names of those that are not loaded and whose manifests answer for them.
    ///   - services: held weakly, as it usually owns this.
    ///   - workerIndex: from 0.
    package init(
        loop: EventLoop,
        plugins: [PluginSettings],
        quarantined: Set<String>,
        status: StatusSlot,
        services: any PluginServices,
        workerIndex: Int,
        workerCount: Int,
        logger: Logger
    ) {
        self.loop = loop
        self.plugins = plugins
        self.quarantined = quarantined
        self.status = status
        self.services = services
        self.logger = logger
    }

    /// Loads the libraries and makes the instances, in order.
    ///
    /// - Throws: the first that cannot run; the process should end then.
    package func load() throws(PluginLoadError) {}

    /// Whether any plugin, or the manifest of one in quarantine, answers this hook.
    package func implements(_ hook: Hook) -> Bool { false }

    /// Whether this plugin does: to route `<plugin>.<method>` and `/plugins/<plugin>/`.
    package func implements(_ hook: Hook, plugin: String) -> Bool { false }

    /// Asks the plugins one after another, or only the one that is named.
    ///
    /// - Parameter then: takes the outcome exactly once, perhaps before this returns.
    package func decide(
        _ hook: Hook,
        _ subject: HookSubject,
        plugin: String? = nil,
        then: @escaping (HookOutcome) -> Void
    ) {
        then(.allowed(replacement: nil))
    }

    /// Tells all plugins.
    ///
    /// - Parameter then: is called once when each has seen it, or let its deadline pass; perhaps
    ///   before this returns.
    package func notify(
        _ hook: Hook,
        _ subject: HookSubject,
        then: (() -> Void)? = nil
    ) {
        then?()
    }

    /// Ends the instances: `destroy` of each, in reverse order.
    ///
    /// Calls that are pending are answered by the manifests. It takes up to the sum of the
    /// plugins' `stopTimeout`.
    package func stop() {}
}
