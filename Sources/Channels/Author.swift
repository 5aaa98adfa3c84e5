// SPDX-License-Identifier: Apache-2.0

/// Whom limits, mutes and authorship count as one person.
package enum Author: Hashable, Sendable {
    /// The user id of the token.
    case user(String)
    /// An anonymous session, for as long as it lives.
    case client(ClientID)

    package init(_ info: ClientInfo) {
        self = info.user.isEmpty ? .client(info.client) : .user(info.user)
    }
}
