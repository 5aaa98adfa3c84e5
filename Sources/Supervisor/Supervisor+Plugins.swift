// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import Reactor
import StatusPage

/// Plugins that kill workers: who it was, and that it does not go on.
extension Supervisor {
    /// In which a hung worker can say where it is before it is killed.
    private static let locatingTime = Duration.milliseconds(100)

    static func openPluginPage(_ folder: String) throws(SystemError) -> PluginPage {
        let path = DataFolder.pluginsPath(folder)
        // The running workers count in the old one, and are replaced next: one that cannot be read is
        // no reason to refuse an upgrade.
        if let page = try? PluginPage.open(File.open(path, for: .updating)) { return page }
        return try PluginPage.create(path: path)
    }

    // MARK: What a worker is started with

    /// Takes the room for a worker's figures.
    ///
    /// - Returns: what the worker is to inherit; nil: it counts nothing.
    func makeRoom(
        for places: [PluginPlace],
        _ identity: ProcessIdentity,
        slot: Int
    ) -> Int32? {
        guard !places.isEmpty else { return nil }
        do throws(SystemError) {
            try pluginPage.allocate(slot: slot, plugins: places.map(\.number))
            return pluginPage.descriptor
        } catch {
            logger.error(
                "no room for the figures of plugins",
                metadata: metadata(identity, ["error": "\(error)"])
            )
            return nil
        }
    }

    /// The plugins of a manifest that comes into force; false: there are too many at this moment.
    func adopt(_ plugins: [SupervisedPlugin]) -> Bool {
        let inUse = Set(processes.values.flatMap(\.pluginNumbers))
        guard let renamed = supervision.plugins.adopt(plugins, numbersInUse: inUse) else {
            return false
        }
        let slots = (0..<StatusPage.maximumSlotCount).filter { page.slot($0)?.identity != nil }
        for number in renamed { try? pluginPage.clear(plugin: number, slots: slots) }
        publishPlugins()
        return true
    }

    // MARK: Deaths

    /// Kills a child; one that hangs may say first where.
    func kill(_ pid: Int32, _ reason: KillReason) {
        guard let record = processes[pid] else { return }
        switch reason {
        case .heartbeatStalled, .notServing: record.isStuck = true
        case .drainTimeout, .toldTwice: break
        }
        guard record.isStuck, slot(ofProcess: pid)?.pluginMark != nil else {
            return ChildProcess.signal(pid, SIGKILL)
        }
        StatusSlot.locate(pid)
        loop.schedule(after: Self.locatingTime) { [unowned self] in
            if processes[pid] === record { ChildProcess.signal(pid, SIGKILL) }
        }
    }

    /// Looks for the plugin that a child died of, and logs it.
    ///
    /// - Returns: nil when there is none, or only in a version that is not in force.
    func noteLoss(of record: ChildRecord, _ status: ExitStatus) -> PluginLoss? {
        guard record.identity.role == .worker, let slot = page.slot(record.slot) else {
            return nil
        }
        let evidence = PluginBlame.Evidence(
            status: status,
            wasStuck: record.isStuck,
            mark: slot.pluginMark,
            fault: slot.fault,
            loaded: Set(record.plugins.keys)
        )
        guard let blame = PluginBlame(evidence), let plugin = record.plugins[blame.number] else {
            return nil
        }
        let function = blame.place.flatMap { functionName(at: $0, of: plugin) }
        var fields: Logger.Metadata = [
            "plugin": "\(plugin.name)",
            "hook": "\(blame.activity?.name ?? "none, a thread of its own")",
            "by": "\(record.isStuck ? "standing still" : "\(status)")",
            "function": "\(function ?? "unknown")",
        ]
        if let address = slot.fault?.address, !record.isStuck {
            fields["address"] = "0x\(String(address, radix: 16))"
        }
        logger.error(
            "plugin killed a worker",
            metadata: metadata(record.identity, pid: record.pid, fields)
        )
        guard supervision.plugins[plugin.name]?.plugin == plugin else { return nil }
        var signal: Int32 = 0
        if case .killed(let number) = status, !record.isStuck { signal = number }
        let death = PluginEntry.Death(
            time: WallClock.now(),
            signal: signal,
            activity: blame.activity,
            function: function ?? ""
        )
        return PluginLoss(plugin: plugin.name, death: death)
    }

    /// The function's name for people; nil: it has none, or its library is another by now.
    private func functionName(at place: Fault.Place, of plugin: SupervisedPlugin) -> String? {
        guard let file = try? File.open(plugin.library, for: .reading),
            (try? File.identity(file)) == plugin.libraryIdentity
        else { return nil }
        let symbols = LibrarySymbols { offset, count in
            (try? File.read(file, at: offset, byteCount: count)) ?? []
        }
        return symbols.function(at: place.offset).map { SymbolName.readable($0) }
    }

    // MARK: Quarantine

    func quarantine(_ plugin: String) {
        let entry = supervision.plugins[plugin]
        logger.critical(
            "plugin quarantined; workers go on without it",
            metadata: [
                "plugin": "\(plugin)",
                "deaths": "\(entry?.deaths.count ?? 0)",
                "within": "\(entry?.plugin.quarantineWindow ?? .zero)",
                "end_it_with": "tally plugin release \(plugin)",
            ]
        )
        publishPlugins()
        nextErrands.append(Errand(.settlePlugins))
    }

    /// Replaces the workers that have other plugins than they would get now.
    func settlePlugins() {
        let loaded = supervision.plugins.loaded
        let workers = supervision.children.map(\.identity).filter { identity in
            guard identity.role == .worker, let pid = supervision.pid(of: identity),
                let record = processes[pid]
            else { return false }
            return record.plugins != loaded
        }
        perform(
            supervision.renew(
                RenewalPlan(workers: workers),
                setup.options.timing,
                now: loop.now
            )
        )
    }

    func release(_ plugin: String) {
        guard supervision.plugins[plugin]?.isPresent == true else {
            let names = supervision.plugins.places.map(\.name).sorted().joined(separator: ", ")
            return answerRelease(
                OperatorAnswer(
                    status: 64,
                    lines: [
                        "the manifest names no plugin \(plugin); "
                            + (names.isEmpty ? "it names none" : "there are: \(names)")
                    ]
                )
            )
        }
        guard supervision.plugins.release(plugin) else {
            return answerRelease(
                OperatorAnswer(status: 0, lines: ["\(plugin) is not in quarantine"])
            )
        }
        publishPlugins()
        settlePlugins()
    }

    /// Workers do not come up with it: it stays where it was.
    func goBackOnRelease(_ plugin: String, _ failure: RenewalFailure) {
        supervision.plugins.quarantineAgain(plugin, since: WallClock.now())
        publishPlugins()
        nextErrands.insert(Errand(.settlePlugins), at: 0)
        answerRelease(
            OperatorAnswer(status: 70, lines: ["\(failure)", "\(plugin) stays in quarantine"])
        )
    }

    private func answerRelease(_ answer: OperatorAnswer) {
        errand?.answer(answer)
        errand = nil
    }

    /// Says in the file `plugins` what is known of them.
    func publishPlugins() {
        let roster = supervision.plugins
        for number in 0..<PluginPlace.maximumCount {
            let shown = roster[number].map { entry in
                let isQuarantined = entry.quarantinedAt != nil
                var shown = PluginEntry(
                    name: entry.plugin.name,
                    state: !entry.isPresent ? .absent : isQuarantined ? .quarantined : .active
                )
                shown.deaths = entry.deathCount
                shown.recentDeaths = roster.recentDeaths(of: entry, now: loop.now).count
                shown.deathLimit = entry.plugin.quarantineDeaths
                shown.quarantinedAt = entry.quarantinedAt
                shown.lastDeath = entry.lastDeath
                return shown
            }
            guard shown != publishedPlugins[number] else { continue }
            pluginPage.setEntry(shown, of: number)
            publishedPlugins[number] = shown
        }
    }
}
