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
    let loop: EventLoop
    let status: StatusSlot?
    private(set) weak var services: (any PluginServices)?
    let logger: Logger

    private let plugins: [PluginSettings]
    private let quarantined: Set<String>
    private let workerIndex: Int
    private let workerCount: Int
    /// In the order in which they were made.
    var instances: [PluginInstance] = []
    var members: [PluginMember] = []
    /// By `Hook.rawValue`.
    private var chains = [[PluginMember]](repeating: [], count: Hook.allCases.count)
    /// Bit n: the hook of raw value n has a chain.
    private var hookBits: UInt32 = 0
    private var lastTicket: UInt64 = 0

    /// Calls into plugins that the loop is in.
    var callDepth = 0
    /// What came up inside a plugin and would have entered one again.
    private var postponed: [() -> Void] = []
    private var isRunningPostponed = false
    var isStopped = false

    /// - Parameters:
    ///   - loop: of the process; everything happens on it.
    ///   - plugins: in any order; their `order` counts.
    ///   - quarantined: the names of those that are not loaded and whose manifests answer for them.
    ///   - status: nil outside of a worker: nothing is marked or counted.
    ///   - services: held weakly, as it usually owns this.
    ///   - workerIndex: from 0.
    ///   - workerCount: 0 where plugins are only tried.
    ///   - logger: what plugins say goes there too.
    package init(
        loop: EventLoop,
        plugins: [PluginSettings],
        quarantined: Set<String>,
        status: StatusSlot?,
        services: any PluginServices,
        workerIndex: Int,
        workerCount: Int,
        logger: Logger
    ) {
        self.loop = loop
        self.plugins = plugins.enumerated()
            .sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }
            .map(\.element)
        self.quarantined = quarantined
        self.status = status
        self.services = services
        self.workerIndex = workerIndex
        self.workerCount = workerCount
        self.logger = logger
    }

    // MARK: Loading

    /// Loads the libraries and makes the instances, in order; then `tick` begins.
    ///
    /// After the loop's signals are blocked (`watchSignals`), as the threads that plugins start inherit
    /// that.
    /// - Throws: the first that cannot run; the process should end then.
    package func load() throws(PluginLoadError) {
        for settings in plugins {
            if quarantined.contains(settings.name) {
                members.append(
                    .absent(settings, settings.whenQuarantined, reason: "a plugin is in quarantine")
                )
                logger.warning("plugin in quarantine", metadata: ["plugin": "\(settings.name)"])
            } else {
                let instance = try load(settings)
                instances.append(instance)
                members.append(.instance(instance))
            }
        }
        makeChains()
        if implements(.tick) { scheduleTick() }
    }

    private func load(_ settings: PluginSettings) throws(PluginLoadError) -> PluginInstance {
        if instances.contains(where: { $0.settings.name == settings.name }) {
            throw PluginLoadError(settings.name, "name", "two plugins have this name")
        }
        // What a library runs when it is loaded is its own already.
        let mark = status?.enterPlugin(settings.number, .create)
        defer { if let mark { status?.leavePlugin(mark) } }
        let library = try PluginLibrary(loading: settings)
        let findings = SettingsCheck.findings(settings.settings, schema: library.schema)
        guard findings.isEmpty else { throw PluginLoadError(settings.name, findings) }
        let instance = try makeInstance(settings, library)
        try instance.create()
        runPostponed()
        logger.info(
            "plugin loaded",
            metadata: ["plugin": "\(settings.name)", "version": "\(library.version)"]
        )
        return instance
    }

    private func makeInstance(
        _ settings: PluginSettings,
        _ library: PluginLibrary
    ) throws(PluginLoadError) -> PluginInstance {
        guard let value = HeldJSON(parsing: settings.settings), value.isObject else {
            throw PluginLoadError(settings.name, "settings", "expected keys with values")
        }
        let inbox: PluginInbox
        do throws(SystemError) {
            inbox = try PluginInbox()
        } catch {
            throw PluginLoadError(settings.name, "library", "cannot be woken: \(error)")
        }
        var logger = logger
        logger[metadataKey: "plugin"] = "\(settings.name)"
        let figures = status?.pluginFigures(settings.number)
        return PluginInstance(
            settings,
            library,
            value,
            HostDesk(
                inbox: inbox,
                workerIndex: workerIndex,
                workerCount: workerCount,
                figures: figures,
                logger: logger
            ),
            host: self,
            loop: loop,
            figures: figures,
            logger: logger
        )
    }

    func makeChains() {
        hookBits = 0
        for hook in Hook.allCases {
            let chain = members.filter { Self.has(hook, $0) }
            chains[Int(hook.rawValue)] = chain
            if !chain.isEmpty { hookBits |= 1 << UInt32(hook.rawValue) }
        }
    }

    private static func has(_ hook: Hook, _ member: PluginMember) -> Bool {
        switch member {
        case .instance(let instance): instance.has(hook)
        // Its check has said which hooks it has; where it could not, nobody knows better.
        case .absent(let settings, _, _): hook.decides && settings.hooks?.contains(hook) ?? true
        }
    }

    private func scheduleTick() {
        loop.schedule(after: .seconds(1)) { [weak self] in
            guard let self, !isStopped else { return }
            scheduleTick()
            notify(.tick, HookSubject())
        }
    }

    // MARK: Asking

    /// Whether any plugin, or the manifest of one in quarantine, answers this hook.
    @inline(__always)
    package func implements(_ hook: Hook) -> Bool {
        hookBits & 1 << UInt32(hook.rawValue) != 0
    }

    /// Whether this plugin does: to route `<plugin>.<method>` and `/plugins/<plugin>/`.
    package func implements(_ hook: Hook, plugin: String) -> Bool {
        chains[Int(hook.rawValue)].contains { $0.settings.name == plugin }
    }

    /// Asks the plugins one after another, or only the one that is named.
    ///
    /// `then` takes the outcome exactly once, perhaps before this returns.
    package func decide(
        _ hook: Hook,
        _ subject: HookSubject,
        plugin: String? = nil,
        then: @escaping (HookOutcome) -> Void
    ) {
        var chain = chains[Int(hook.rawValue)]
        if let plugin { chain = chain.filter { $0.settings.name == plugin } }
        let call = HookCall(hook, subject, chain, then: then)
        outsidePlugins { call.proceed() }
    }

    /// Tells all plugins.
    ///
    /// `then` is called once when each has seen it, or let its deadline pass; perhaps before this
    /// returns.
    package func notify(
        _ hook: Hook,
        _ subject: HookSubject,
        then: (() -> Void)? = nil
    ) {
        let chain = chains[Int(hook.rawValue)]
        guard !chain.isEmpty else {
            then?()
            return
        }
        outsidePlugins { HookNotice(hook, subject, then).tell(chain) }
    }

    func nextTicket() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    /// Does something now, or when the loop has left the plugin that it is in: no plugin is entered
    /// while it is in a call of its own.
    func outsidePlugins(_ action: @escaping () -> Void) {
        guard callDepth == 0 else { return postponed.append(action) }
        runPostponed()
        action()
        runPostponed()
    }

    /// Call after a plugin was left.
    func runPostponed() {
        guard callDepth == 0, !isRunningPostponed else { return }
        isRunningPostponed = true
        defer { isRunningPostponed = false }
        while !postponed.isEmpty {
            let actions = postponed
            postponed = []
            for action in actions { action() }
        }
    }
}
