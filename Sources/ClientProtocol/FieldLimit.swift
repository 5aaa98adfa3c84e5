// SPDX-License-Identifier: Apache-2.0

import Channels

/// Limits of a command's fields beyond that of the whole message.
///
/// A token is bounded by its verifier, which has an error of its own for it.
package enum FieldLimit {
    /// Bytes.
    package static let channel = ChannelName.maximumByteCount
    /// Bytes; the server's own epochs are far shorter, so that a longer one is nonsense.
    package static let epoch = 64
    /// Bytes of the SDK's name and version, which are only logged.
    package static let clientName = 128
    /// Bytes of an RPC method's name.
    package static let rpcMethod = 128
    /// Server-side subscriptions that one `connect` may recover; above any sensible number of
    /// channels per connection.
    package static let connectSubscriptions = 512
}
