// SPDX-License-Identifier: Apache-2.0

/// What the handshake agreed on about the compression of messages.
package enum MessageCompression: UInt8, Hashable, Sendable {
    case none
    /// permessage-deflate, either side without context takeover (RFC 7692).
    case deflate
}
