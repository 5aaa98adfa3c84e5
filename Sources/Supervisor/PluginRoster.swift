// SPDX-License-Identifier: Apache-2.0

import Reactor
import StatusPage

/// Which plugins workers are started with, under which numbers, and which are in quarantine.
///
/// A value without clock or processes; `Supervision` owns it.
struct PluginRoster: Hashable {
    /// Deaths that are remembered at most, which bounds what a manifest's `quarantine.deaths` can ask.
    static let maximumDeathLimit = 100

    /// After so many deaths by one plugin within its window, its workers wait before they start again
    /// as those wait that die of something else.
    ///
    /// Until then there is no reason to wait: the next quarantine ends the dying, and meanwhile the
    /// clients do.
    static let maximumPromptRestarts = 16

    struct Entry: Hashable {
        let number: Int
        var plugin: SupervisedPlugin
        /// Whether the manifest that is in force names it.
        var isPresent = true
        /// The last within the window, oldest first.
        var deaths: [MonotonicTime] = []
        var deathCount = 0
        var lastDeath: PluginEntry.Death?
        /// Unix milliseconds; nil: it is not in quarantine.
        var quarantinedAt: Int64?
    }

    /// In the order of their numbers.
    private(set) var entries: [Entry] = []

    init() {}

    init(_ entries: [Entry]) {
        self.entries = entries.sorted { $0.number < $1.number }
    }

    subscript(name: String) -> Entry? { entries.first { $0.plugin.name == name } }
    subscript(number: Int) -> Entry? { entries.first { $0.number == number } }

    /// What a worker that is started now is told.
    var places: [PluginPlace] {
        entries.filter(\.isPresent).map { entry in
            PluginPlace(
                number: entry.number,
                name: entry.plugin.name,
                isQuarantined: entry.quarantinedAt != nil
            )
        }
    }

    /// The plugins that a worker that is started now has, by their numbers.
    var loaded: [Int: SupervisedPlugin] {
        let active = entries.filter { $0.isPresent && $0.quarantinedAt == nil }
        return Dictionary(uniqueKeysWithValues: active.map { ($0.number, $0.plugin) })
    }

    // MARK: Events

    /// The plugins of a manifest that comes into force.
    ///
    /// A name keeps its number, its deaths and its quarantine, unless its library or what its manifest
    /// says has changed: a new version starts without a record.
    /// `numbersInUse`: those that some process knows by another manifest.
    /// - Returns: the numbers that belong to other plugins now; nil: there are not enough, since old
    ///   workers still have too many others.
    mutating func adopt(
        _ plugins: [SupervisedPlugin],
        numbersInUse: Set<Int>
    ) -> [Int]? {
        var next = entries
        for index in next.indices { next[index].isPresent = false }
        var renamed: [Int] = []
        for plugin in plugins {
            if let index = next.firstIndex(where: { $0.plugin.name == plugin.name }) {
                next[index].isPresent = true
                if Self.isOther(next[index].plugin, plugin) {
                    next[index].deaths = []
                    next[index].quarantinedAt = nil
                }
                next[index].plugin = plugin
                continue
            }
            guard let number = Self.freeNumber(among: next, plugins, numbersInUse) else {
                return nil
            }
            if next.contains(where: { $0.number == number }) { renamed.append(number) }
            next.removeAll { $0.number == number }
            next.append(Entry(number: number, plugin: plugin))
        }
        entries = next.sorted { $0.number < $1.number }
        return renamed
    }

    /// Whether workers that die of this plugin are started again without waiting.
    func restartsPromptly(_ name: String, now: MonotonicTime) -> Bool {
        guard let entry = self[name] else { return false }
        return recentDeaths(of: entry, now: now).count <= Self.maximumPromptRestarts
    }

    /// A worker died of a plugin.
    ///
    /// - Returns: whether it is in quarantine because of that.
    mutating func noteDeath(
        of name: String,
        _ death: PluginEntry.Death,
        now: MonotonicTime
    ) -> Bool {
        guard let index = entries.firstIndex(where: { $0.plugin.name == name }) else {
            return false
        }
        entries[index].deathCount += 1
        entries[index].lastDeath = death
        entries[index].deaths = Array(
            (recentDeaths(of: entries[index], now: now) + [now]).suffix(Self.maximumDeathLimit)
        )
        guard entries[index].quarantinedAt == nil,
            entries[index].deaths.count >= entries[index].plugin.quarantineDeaths
        else { return false }
        entries[index].quarantinedAt = death.time
        return true
    }

    /// Gives a plugin in quarantine another chance, with its record clean.
    ///
    /// - Returns: whether it was in quarantine.
    mutating func release(_ name: String) -> Bool {
        guard let index = entries.firstIndex(where: { $0.plugin.name == name }),
            entries[index].quarantinedAt != nil
        else { return false }
        entries[index].quarantinedAt = nil
        entries[index].deaths = []
        return true
    }

    /// The chance was of no use: no worker came up with it.
    mutating func quarantineAgain(_ name: String, since unixMilliseconds: Int64) {
        guard let index = entries.firstIndex(where: { $0.plugin.name == name }) else { return }
        entries[index].quarantinedAt = unixMilliseconds
    }

    /// The manifest that came into force is given up: what was before counts, and what has become of it
    /// meanwhile.
    mutating func goBack(to old: PluginRoster) {
        entries = old.entries.map { before in
            guard let now = self[before.plugin.name], now.plugin == before.plugin else {
                return before
            }
            return now
        }
    }

    func recentDeaths(of entry: Entry, now: MonotonicTime) -> [MonotonicTime] {
        entry.deaths.filter { now - $0 <= entry.plugin.quarantineWindow }
    }

    // MARK: Steps

    private static func isOther(_ old: SupervisedPlugin, _ new: SupervisedPlugin) -> Bool {
        old.library != new.library || old.libraryIdentity != new.libraryIdentity
            || old.manifest != new.manifest
    }

    /// One that nobody ever had, so that figures of what is gone can still be read; else one whose
    /// plugin is gone and no worker has.
    private static func freeNumber(
        among entries: [Entry],
        _ plugins: [SupervisedPlugin],
        _ numbersInUse: Set<Int>
    ) -> Int? {
        let numbers = 0..<PluginPlace.maximumCount
        let taken = Set(entries.map(\.number)).union(numbersInUse)
        if let never = numbers.first(where: { !taken.contains($0) }) { return never }
        let names = Set(plugins.map(\.name))
        return numbers.first { number in
            !numbersInUse.contains(number)
                && entries.contains { $0.number == number && !names.contains($0.plugin.name) }
        }
    }
}
