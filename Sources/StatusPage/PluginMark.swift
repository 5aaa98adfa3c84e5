// SPDX-License-Identifier: Apache-2.0

/// Which plugin a worker's loop is in, and what for.
package struct PluginMark: Hashable, Sendable {
    /// The plugin's number on this node; see `PluginPlace`.
    package let plugin: Int
    package let activity: PluginActivity

    package init(_ plugin: Int, _ activity: PluginActivity) {
        self.plugin = plugin
        self.activity = activity
    }

    /// 0 says that the loop is in no plugin.
    static let none: UInt64 = 0

    var word: UInt64 { UInt64(plugin + 1) << 8 | UInt64(activity.rawValue) }

    /// nil for 0, and for what is no mark.
    init?(word: UInt64) {
        let plugin = Int(clamping: word >> 8) - 1
        guard 0..<PluginLayout.maximumPluginCount ~= plugin,
            let activity = PluginActivity(rawValue: UInt8(truncatingIfNeeded: word))
        else { return nil }
        self.init(plugin, activity)
    }
}

/// What the loop was in before a plugin was called; to go back to.
package struct OuterPluginMark {
    fileprivate let word: UInt64
}

extension StatusSlot {
    /// Says that the loop enters a plugin: if the process dies now, it was this plugin.
    ///
    /// Two words of memory, no system call. Calls may be nested: a plugin asks the host for something of
    /// which another plugin is told.
    /// - Returns: what to give to `leavePlugin`.
    package func enterPlugin(_ plugin: Int, _ activity: PluginActivity) -> OuterPluginMark {
        let outer = OuterPluginMark(word: mark)
        mark = PluginMark(plugin, activity).word
        return outer
    }

    /// Says that the loop is back where it was before `enterPlugin`.
    package func leavePlugin(_ outer: OuterPluginMark) {
        mark = outer.word
    }

    /// Where the loop is now, or was when the process died; nil: in no plugin.
    package var pluginMark: PluginMark? { PluginMark(word: mark) }
}
