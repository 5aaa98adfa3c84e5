// SPDX-License-Identifier: Apache-2.0

/// Who published, joined or left: the `ClientInfo` of the client protocol.
package struct ClientInfo: Hashable, Sendable {
    /// The user id from the token; empty for an anonymous connection.
    package let user: String
    package let client: ClientID
    /// The token's public profile: one JSON value, at most 1 KiB; empty when there is none.
    package let connectionInfo: [UInt8]

    package init(user: String, client: ClientID, connectionInfo: [UInt8]) {
        self.user = user
        self.client = client
        self.connectionInfo = connectionInfo
    }
}
