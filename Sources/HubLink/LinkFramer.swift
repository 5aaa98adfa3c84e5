// SPDX-License-Identifier: Apache-2.0

/// Cuts a byte stream into the frames of the hub link.
package struct LinkFramer {
    private let limits: LinkLimits
    private var buffered: [UInt8] = []
    private var consumed = 0

    package init(limits: LinkLimits) {
        self.limits = limits
    }

    package var bufferedByteCount: Int { buffered.count - consumed }

    /// What has come of the next message, for a link that moves to another process.
    package var bufferedBytes: [UInt8] { Array(buffered[consumed...]) }

    package mutating func append(_ bytes: ArraySlice<UInt8>) {
        if consumed == buffered.count {
            buffered.removeAll(keepingCapacity: buffered.capacity <= Self.keptByteCount)
            consumed = 0
        } else if consumed > Self.keptByteCount, consumed * 2 > buffered.count {
            buffered.removeSubrange(..<consumed)
            consumed = 0
        }
        buffered.append(contentsOf: bytes)
    }

    /// The next whole message, or nil until more bytes have come.
    package mutating func next<Message: LinkValue>(
        _ type: Message.Type
    ) throws(LinkError) -> Message? {
        guard bufferedByteCount >= 4 else { return nil }
        var header = LinkReader(buffered[consumed..<consumed + 4])
        let byteCount = Int(try header.unsigned(UInt32.self))
        guard byteCount <= limits.maximumFrameByteCount else {
            throw .frameTooLong(byteCount: byteCount)
        }
        let start = consumed + 4
        guard buffered.count - start >= byteCount else { return nil }
        consumed = start + byteCount
        return try LinkReader.decode(type, from: buffered[start..<start + byteCount])
    }

    /// Memory kept for the next bytes: more than one receive of a busy link.
    private static let keptByteCount = 256 << 10
}
