// SPDX-License-Identifier: Apache-2.0

package import Channels

/// How safely and how much the journal keeps.
package struct JournalOptions {
    /// What an acknowledged event survives.
    package enum Sync: Hashable, Sendable {
        /// The death of any process: what is committed is in the kernel.
        case process
        /// The loss of power too: what is committed is on the disk.
        case power
    }

    package var sync: Sync
    /// What is kept of a channel; nil where nothing is.
    package var retention: (_ channel: String) -> ChannelLog.Limits?
    package var answerWindow: Duration
    package var maximumAnswerCount: Int
    package var requestWindow: Duration
    package var maximumRequestCount: Int
    /// Most pages of the file, of 4 KiB each; nil where the disk alone is the limit.
    package var maximumPageCount: Int?

    package init(
        sync: Sync,
        retention: @escaping (_ channel: String) -> ChannelLog.Limits?,
        answerWindow: Duration,
        maximumAnswerCount: Int,
        requestWindow: Duration,
        maximumRequestCount: Int,
        maximumPageCount: Int? = nil
    ) {
        self.sync = sync
        self.retention = retention
        self.answerWindow = answerWindow
        self.maximumAnswerCount = maximumAnswerCount
        self.requestWindow = requestWindow
        self.maximumRequestCount = maximumRequestCount
        self.maximumPageCount = maximumPageCount
    }
}
