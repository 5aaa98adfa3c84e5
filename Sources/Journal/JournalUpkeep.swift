// SPDX-License-Identifier: Apache-2.0

import Channels

/// What is to be done about the journal besides writing to it, when nobody waits.
struct JournalUpkeep {
    /// The write-ahead log's file keeps so much for use again; a burst's is given back.
    static let keptLogByteCount = 64 << 20
    /// Rows of one kind that one call may remove: about a millisecond.
    static let rowsPerCall = 500
    /// Channels whose oldest publication one call looks at.
    static let channelsPerCall = 64

    /// Emptied texts that stay before the first that is not: more than three pages hold.
    static let emptyTextMargin: Int64 = 4_000

    /// Every text up to here is empty.
    var emptyTexts: Int64 = 0
    /// Every text up to here is gone.
    var removedTexts: Int64 = 0
    /// Left over from before the start, for all that is known.
    var hasDroppedChannels = true
    var hasOldAudiences = true
    /// Channels that hold more than they are to keep.
    var overfull: Set<String> = []
    /// The last channel whose age was looked at.
    var sweptChannel: Int64 = 0

    mutating func note(_ head: ChannelHead, of channel: String, limits: ChannelLog.Limits?) {
        guard let limits else { return }
        // An eighth more than wanted, so that rows go in runs and not one by one.
        let count = UInt64(clamping: limits.maximumCount)
        if head.count > count + count / 8 + 1
            || head.byteCount > limits.maximumByteCount + limits.maximumByteCount / 8
        {
            overfull.insert(channel)
        }
    }
}
