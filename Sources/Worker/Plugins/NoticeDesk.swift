// SPDX-License-Identifier: Apache-2.0

import Live

/// The notices that this worker's plugins are being told, and those that they have seen.
struct NoticeDesk {
    /// In the order in which they came.
    private(set) var open: [PluginNotice] = []
    /// The newest that were seen: the hub tells them again where it has not heard so.
    private var seen: [String] = []

    /// As many as the hub keeps.
    private static let maximumSeenCount = 1_024

    enum Place {
        case new
        /// Plugins are being told.
        case open
        case seen
    }

    func place(of id: String) -> Place {
        if open.contains(where: { $0.id == id }) { return .open }
        return seen.contains(id) ? .seen : .new
    }

    mutating func begin(_ notice: PluginNotice) {
        open.append(notice)
    }

    mutating func finish(_ id: String) {
        open.removeAll { $0.id == id }
        seen.append(id)
        if seen.count > Self.maximumSeenCount { seen.removeFirst() }
    }
}
