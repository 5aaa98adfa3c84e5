// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// The file `plugins` in the data folder: which plugins there are, what became of them, and what each
/// worker counts of them.
///
/// The supervisor makes it and writes its table; `PluginReader` reads it. It keeps nothing that a
/// restart would need.
package final class PluginPage {
    private let table: SharedMemory
    private let file: Descriptor

    /// For workers to inherit.
    package var descriptor: Int32 { file.raw }

    private init(_ file: consuming Descriptor) throws(SystemError) {
        table = try SharedMemory(mapping: file.raw, wordCount: PluginLayout.areasOffset)
        self.file = file
    }

    /// Makes a new one under a path, in place of an older one.
    package static func create(path: String) throws(SystemError) -> PluginPage {
        let temporary = path + ".new"
        let file = try File.open(temporary, for: .replacing)
        try File.allocate(file, byteCount: PluginLayout.areasOffset * 8)
        let page = try PluginPage(file)
        page.table[PluginLayout.Header.version] = PluginLayout.version
        page.table[PluginLayout.Header.magic] = PluginLayout.magic
        try File.rename(temporary, to: path)
        return page
    }

    /// Goes on with one that another program made.
    ///
    /// - Throws: `StatusError` when it is something else.
    package static func open(_ file: consuming Descriptor) throws(StatusError) -> PluginPage {
        _ = try PluginContents.header(of: file)
        do throws(SystemError) {
            return try PluginPage(file)
        } catch {
            throw .unreadable(error)
        }
    }

    /// Says what is known of a plugin; nil: the number is free.
    package func setEntry(_ entry: PluginEntry?, of plugin: Int) {
        let offset = PluginLayout.entryOffset(plugin)
        guard let entry else {
            table[offset + PluginLayout.Entry.nameByteCount] = 0
            return
        }
        table.setText(
            entry.name,
            at: offset + PluginLayout.Entry.name,
            byteCountAt: offset + PluginLayout.Entry.nameByteCount,
            maximumByteCount: PluginLayout.maximumNameByteCount
        )
        let words: [(Int, UInt64)] = [
            (PluginLayout.Entry.state, entry.state.rawValue),
            (PluginLayout.Entry.deaths, UInt64(clamping: entry.deaths)),
            (PluginLayout.Entry.recentDeaths, UInt64(clamping: entry.recentDeaths)),
            (PluginLayout.Entry.deathLimit, UInt64(clamping: entry.deathLimit)),
            (PluginLayout.Entry.quarantinedAt, UInt64(clamping: entry.quarantinedAt ?? 0)),
            (PluginLayout.Entry.lastDeathAt, UInt64(clamping: entry.lastDeath?.time ?? 0)),
            (PluginLayout.Entry.lastSignal, UInt64(clamping: entry.lastDeath?.signal ?? 0)),
            (
                PluginLayout.Entry.lastActivity,
                entry.lastDeath?.activity.map { UInt64($0.rawValue) + 1 } ?? 0
            ),
        ]
        for (word, value) in words { table[offset + word] = value }
        table.setText(
            entry.lastDeath?.function ?? "",
            at: offset + PluginLayout.Entry.lastFunction,
            byteCountAt: offset + PluginLayout.Entry.lastFunctionByteCount,
            maximumByteCount: PluginEntry.maximumFunctionByteCount
        )
    }

    /// Takes the room that a worker in a slot needs for these plugins.
    ///
    /// - Throws: when the disk is full: the worker does without.
    package func allocate(slot: Int, plugins: [Int]) throws(SystemError) {
        for plugin in plugins {
            let offset = PluginLayout.areaOffset(slot) + plugin * PluginLayout.blockWordCount
            try File.allocate(
                file,
                from: offset * 8,
                byteCount: PluginLayout.blockWordCount * 8
            )
        }
    }

    /// Forgets what was counted under a number, before another plugin gets it; no process may know it
    /// any more.
    ///
    /// `slots`: those that were ever used.
    package func clear(plugin: Int, slots: [Int]) throws(SystemError) {
        setEntry(nil, of: plugin)
        let zeros = [UInt8](repeating: 0, count: PluginLayout.blockWordCount * 8)
        for slot in slots {
            let offset = PluginLayout.areaOffset(slot) + plugin * PluginLayout.blockWordCount
            // Beyond the file's end there is nothing: no worker in this slot ever had a plugin.
            guard try !File.read(file, at: offset * 8, byteCount: 1).isEmpty else { continue }
            try File.write(file, zeros, at: offset * 8)
        }
    }

    func attach(
        to slot: StatusSlot,
        number: Int,
        plugins: [Int]
    ) throws(SystemError) {
        slot.attach(try PluginArea(file, slot: number, numbers: Set(plugins)))
    }
}
