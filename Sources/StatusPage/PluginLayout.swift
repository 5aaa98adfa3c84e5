// SPDX-License-Identifier: Apache-2.0

/// Where what lies in the file `plugins` beside the status page, in 64-bit words.
///
/// ```
/// header (64 words)        magic, version
/// plugin 0 (128 words)     of the supervisor: name, state, deaths
/// ... plugin 15
/// area of slot 0           for each plugin a block (4,608 words) of what the slot's process counts
/// area of slot 1 ...
/// ```
/// The file grows, and has holes: a block takes room on the disk once a worker is started with its
/// plugin, and memory once it is used.
enum PluginLayout {
    /// The bytes "TALLYPLU" in memory.
    static let magic: UInt64 = 0x554c_5059_4c4c_4154
    static let version: UInt64 = 1

    /// Most plugins of a node.
    static let maximumPluginCount = 16
    /// Most bytes of a plugin's name, as its header has it.
    static let maximumNameByteCount = 32

    static let headerWordCount = 64
    static let entryWordCount = 128
    static let blockWordCount = 4_608

    enum Header {
        static let magic = 0
        static let version = 1
    }

    /// Of the supervisor alone.
    enum Entry {
        static let nameByteCount = 0
        static let name = 1  // 4 words
        static let state = 5
        /// All since the supervisor's start.
        static let deaths = 6
        /// Within the quarantine's time.
        static let recentDeaths = 7
        /// The quarantine's limit.
        static let deathLimit = 8
        /// Unix milliseconds.
        static let quarantinedAt = 9
        static let lastDeathAt = 10
        static let lastSignal = 11
        /// Raw value of the activity plus 1.
        static let lastActivity = 12
        static let lastFunctionByteCount = 13
        static let lastFunction = 14  // 32 words
    }

    /// Of the worker in a slot, for one plugin.
    enum Block {
        /// 1: this process has an instance.
        static let isLoaded = 0
        /// Calls that wait for their answer now.
        static let pending = 1
        static let versionByteCount = 2
        static let version = 3  // 8 words
        /// Most bytes of a plugin's own version.
        static let maximumVersionByteCount = 64

        /// Counters and gauges of the plugin's own.
        static let numbers = 64
        static let numberWordCount = 8
        static let maximumNumberCount = 32
        static let maximumNumberNameByteCount = 40

        static let activities = 512
        static let activityWordCount = 128
        static let maximumActivityCount = 32
    }

    /// A counter or gauge within a block.
    enum Number {
        /// 0: free, 1: counter, 2: gauge.
        static let kind = 0
        static let value = 1
        static let nameByteCount = 2
        static let name = 3  // 5 words
    }

    /// What was counted of one activity, within a block.
    enum Activity {
        /// `PluginFigure`'s raw values.
        static let figures = 0
        static let maximumNanoseconds = 8
        static let times = 9
    }

    static let areaWordCount = maximumPluginCount * blockWordCount
    static let areasOffset = headerWordCount + maximumPluginCount * entryWordCount

    static func entryOffset(_ plugin: Int) -> Int { headerWordCount + plugin * entryWordCount }

    static func areaOffset(_ slot: Int) -> Int { areasOffset + slot * areaWordCount }
}
