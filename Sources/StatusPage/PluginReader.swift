// SPDX-License-Identifier: Apache-2.0

import Reactor

/// Reads the file `plugins` in a data folder.
package enum PluginReader {
    /// - Returns: in the order of their numbers.
    package static func read(folder: String) throws(StatusError) -> [PluginStatus] {
        let slots = try workerSlots(folder)
        let file = try open(DataFolder.pluginsPath(folder))
        let header = try PluginContents.header(of: file)
        var statuses: [PluginStatus] = []
        for number in 0..<PluginLayout.maximumPluginCount {
            guard let entry = PluginEntry(header, number) else { continue }
            var status = PluginStatus(number: number, entry: entry)
            for slot in slots {
                let block = try PluginContents.block(of: file, slot: slot.number, plugin: number)
                status.add(block, isAlive: slot.isAlive)
            }
            statuses.append(status)
        }
        return statuses
    }

    private struct WorkerSlot {
        let number: Int
        let isAlive: Bool
    }

    private static func workerSlots(_ folder: String) throws(StatusError) -> [WorkerSlot] {
        let file = try open(DataFolder.statusPath(folder))
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try StatusContents.bytes(of: file)
        } catch {
            throw .unreadable(error)
        }
        let contents = try StatusContents(bytes)
        return (0..<contents.slotCount).compactMap { slot in
            guard
                contents.word(StatusLayout.Slot.role, ofSlot: slot) == ProcessRole.worker.rawValue
            else { return nil }
            let pid = contents.word(StatusLayout.Slot.pid, ofSlot: slot)
            return WorkerSlot(number: slot, isAlive: pid != 0)
        }
    }

    private static func open(_ path: String) throws(StatusError) -> Descriptor {
        do throws(SystemError) {
            return try File.open(path, for: .reading)
        } catch {
            throw error.isMissingFile ? .missing(path: path) : .unreadable(error)
        }
    }
}

/// Words of the file, copied out of it: a file that somebody truncates must not kill the reader.
enum PluginContents {
    /// The supervisor's part.
    static func header(of file: borrowing Descriptor) throws(StatusError) -> [UInt64] {
        let words = try words(of: file, from: 0, count: PluginLayout.areasOffset)
        guard words.count == PluginLayout.areasOffset,
            words[PluginLayout.Header.magic] == PluginLayout.magic
        else { throw .notAStatusPage }
        let version = words[PluginLayout.Header.version]
        guard version == PluginLayout.version else {
            throw .otherVersion(found: version, expected: PluginLayout.version)
        }
        return words
    }

    /// What the process in a slot counted of a plugin; zeros where it never had it.
    static func block(
        of file: borrowing Descriptor,
        slot: Int,
        plugin: Int
    ) throws(StatusError) -> [UInt64] {
        let found = try words(
            of: file,
            from: PluginLayout.areaOffset(slot) + plugin * PluginLayout.blockWordCount,
            count: PluginLayout.blockWordCount
        )
        let missing = PluginLayout.blockWordCount - found.count
        return found + [UInt64](repeating: 0, count: missing)
    }

    /// Fewer where the file ends.
    private static func words(
        of file: borrowing Descriptor,
        from offset: Int,
        count: Int
    ) throws(StatusError) -> [UInt64] {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try File.read(file, at: offset * 8, byteCount: count * 8)
        } catch {
            throw .unreadable(error)
        }
        return (0..<bytes.count / 8).map { word in
            bytes[word * 8..<word * 8 + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}

extension [UInt64] {
    /// A text that `SharedMemory.setText` wrote.
    fileprivate func text(at word: Int, byteCountAt count: Int, maximumByteCount: Int) -> String {
        let bytes = (0..<Swift.min(Int(clamping: self[count]), maximumByteCount)).map { index in
            UInt8(truncatingIfNeeded: self[word + index / 8] >> UInt64(8 * (index % 8)))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension PluginEntry {
    /// nil: the number is free.
    fileprivate init?(_ header: [UInt64], _ plugin: Int) {
        let words = Array(
            header[PluginLayout.entryOffset(plugin)..<PluginLayout.entryOffset(plugin + 1)]
        )
        let name = words.text(
            at: PluginLayout.Entry.name,
            byteCountAt: PluginLayout.Entry.nameByteCount,
            maximumByteCount: PluginLayout.maximumNameByteCount
        )
        guard PluginPlace.isName(name),
            let state = State(rawValue: words[PluginLayout.Entry.state])
        else { return nil }
        self.init(name: name, state: state)
        deaths = Int(clamping: words[PluginLayout.Entry.deaths])
        recentDeaths = Int(clamping: words[PluginLayout.Entry.recentDeaths])
        deathLimit = Int(clamping: words[PluginLayout.Entry.deathLimit])
        let since = Int64(clamping: words[PluginLayout.Entry.quarantinedAt])
        quarantinedAt = since == 0 ? nil : since
        let time = Int64(clamping: words[PluginLayout.Entry.lastDeathAt])
        guard time != 0 else { return }
        let activity = words[PluginLayout.Entry.lastActivity]
        lastDeath = Death(
            time: time,
            signal: Int32(clamping: words[PluginLayout.Entry.lastSignal]),
            activity: activity == 0
                ? nil : PluginActivity(rawValue: UInt8(clamping: activity - 1)),
            function: words.text(
                at: PluginLayout.Entry.lastFunction,
                byteCountAt: PluginLayout.Entry.lastFunctionByteCount,
                maximumByteCount: Self.maximumFunctionByteCount
            )
        )
    }
}

extension PluginStatus {
    /// Adds what the process in one slot counted.
    fileprivate mutating func add(_ block: [UInt64], isAlive: Bool) {
        if isAlive {
            instances += block[PluginLayout.Block.isLoaded] == 0 ? 0 : 1
            pending &+= Int(clamping: block[PluginLayout.Block.pending])
        }
        let version = block.text(
            at: PluginLayout.Block.version,
            byteCountAt: PluginLayout.Block.versionByteCount,
            maximumByteCount: PluginLayout.Block.maximumVersionByteCount
        )
        if !version.isEmpty, isAlive || self.version.isEmpty { self.version = version }
        for index in 0..<PluginLayout.Block.maximumNumberCount {
            addNumber(block, index, isAlive: isAlive)
        }
        for activity in PluginActivity.allCases {
            let start =
                PluginLayout.Block.activities
                + Int(activity.rawValue) * PluginLayout.Block.activityWordCount
            var sum = activities[activity] ?? PluginActivityStatus()
            sum.add(block[start..<start + PluginLayout.Block.activityWordCount])
            if !sum.isEmpty { activities[activity] = sum }
        }
    }

    private mutating func addNumber(_ block: [UInt64], _ index: Int, isAlive: Bool) {
        let start = PluginLayout.Block.numbers + index * PluginLayout.Block.numberWordCount
        let name = block.text(
            at: start + PluginLayout.Number.name,
            byteCountAt: start + PluginLayout.Number.nameByteCount,
            maximumByteCount: PluginLayout.Block.maximumNumberNameByteCount
        )
        let value = block[start + PluginLayout.Number.value]
        switch PluginNumber.Kind(rawValue: block[start + PluginLayout.Number.kind]) {
        case .counter: counters[name, default: 0] &+= value
        case .gauge where isAlive: gauges[name, default: 0] &+= Int64(bitPattern: value)
        case .gauge, nil: break
        }
    }
}
