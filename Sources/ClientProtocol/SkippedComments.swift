// SPDX-License-Identifier: Apache-2.0

import JSON

/// Comments that viewers were not shown, since nobody could have read them all.
package struct SkippedComments: Hashable, Sendable {
    /// The offset of the first, and of the last: between them others may have been shown.
    package let first: UInt64
    package private(set) var last: UInt64
    package var count = 1

    package init(first: UInt64) {
        self.first = first
        last = first
    }

    package mutating func add(_ offset: UInt64) {
        last = offset
        count += 1
    }
}

extension Encoder {
    package static func skippedPush(channel: String, _ skipped: SkippedComments) -> [UInt8] {
        publicationPush(channel: channel, publication: skippedPublication(skipped))
    }

    /// A publication without offset: what was left out, and where in history it can be read.
    package static func skippedPublication(_ skipped: SkippedComments) -> [UInt8] {
        var data = JSONWriter(capacity: 80)
        data.beginObject()
        data.member("type", string: "skipped")
        data.member("count", integer: skipped.count)
        data.member("from", integer: skipped.first)
        data.member("to", integer: skipped.last)
        data.endObject()
        return publication(data: data.bytes)
    }
}
