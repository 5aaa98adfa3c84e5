// SPDX-License-Identifier: Apache-2.0

/// Why bytes on the hub link are not a message; the link is closed and made anew.
package enum LinkError: Error, Hashable, Sendable {
    /// A field ends after its frame.
    case truncated
    /// A frame has bytes after its last field.
    case trailingBytes(count: Int)
    /// A frame is longer than `LinkLimits` allow.
    case frameTooLong(byteCount: Int)
    /// A list claims more elements than its frame could hold.
    case tooManyElements(count: Int)
    /// `in`: the type whose tag it is.
    case unknownTag(UInt8, in: String)
    case invalidUTF8
}

/// What one link may carry.
package struct LinkLimits: Hashable, Sendable {
    /// Largest frame, length field not counted.
    ///
    /// A recovery or a page of history travels in one frame, so this bounds what both sides buffer
    /// for a link.
    package let maximumFrameByteCount: Int

    package init(maximumFrameByteCount: Int) {
        self.maximumFrameByteCount = maximumFrameByteCount
    }
}
