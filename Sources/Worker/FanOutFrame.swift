// SPDX-License-Identifier: Apache-2.0

import WebServer
import WebSocket

/// One batch as it is sent: the same bytes for all, and another cut for those that lag.
final class FanOutFrame {
    /// Everything in one frame.
    let whole: SharedFrame
    private let log: [UInt8]
    private let latest: [UInt8]
    private let key: ConflationKey

    /// What has to arrive, and apart from it what a newer value may replace while it waits.
    private(set) lazy var parts: [SharedFrame] =
        log.isEmpty || latest.isEmpty
        ? [whole] : [.text(log), SharedFrame(.text, latest, conflationKey: key)]

    /// One of both may be empty.
    init(log: [UInt8], latest: [UInt8], key: ConflationKey) {
        self.log = log
        self.latest = latest
        self.key = key
        if log.isEmpty {
            whole = SharedFrame(.text, latest, conflationKey: key)
        } else if latest.isEmpty {
            whole = .text(log)
        } else {
            whole = .text(log + [UInt8(ascii: "\n")] + latest)
        }
    }
}
