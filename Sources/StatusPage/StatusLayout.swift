// SPDX-License-Identifier: Apache-2.0

/// Where what lies in a status page, in 64-bit words of the machine's byte order.
///
/// ```
/// header (512 words)   magic, version, number of slots, bytes of address text, address text
/// slot 0 (256 words)   identity, then what the process itself writes, then its counters
/// slot 1 ...
/// ```
/// Words that are not named are zero and free for later versions. A change of meaning or place raises
/// `version`; a reader refuses another version.
enum StatusLayout {
    /// The bytes "TALLYSTA" in memory.
    static let magic: UInt64 = 0x4154_5359_4c4c_4154
    static let version: UInt64 = 3

    static let headerWordCount = 512
    static let slotWordCount = 256

    /// Most processes in a page: supervisor, hub and the most workers that a manifest may ask
    /// for, twice, since old and new workers overlap in a reload.
    static let maximumSlotCount = 1_026

    /// Processes of one worker index at a time: one that serves, and its successor or predecessor.
    static let slotsPerWorker = 2

    enum Header {
        static let magic = 0
        static let version = 1
        static let slotCount = 2
        static let addressByteCount = 3
        static let addresses = 8
    }

    /// Most bytes of listen addresses, one a line.
    static let maximumAddressByteCount = (headerWordCount - Header.addresses) * 8

    enum Slot {
        // The supervisor writes these.
        static let role = 0
        static let index = 1
        static let pid = 2
        static let restarts = 3
        static let startedAt = 4
        static let standing = 5
        // The process itself writes these; the supervisor clears some when the process is dead.
        static let phase = 8
        static let beatCount = 9
        static let beatTime = 10
        static let connections = 11
        /// `PluginMark.word`: the plugin that the loop is in.
        static let pluginMark = 12
        static let counters = 64
        /// What a dying or hanging worker's signal handler wrote; CFault.h has its words.
        static let fault = 192
    }

    static let maximumCounterCount = 128

    static func byteCount(slots: Int) -> Int {
        (headerWordCount + slots * slotWordCount) * 8
    }

    static func slotOffset(_ slot: Int) -> Int {
        headerWordCount + slot * slotWordCount
    }
}
