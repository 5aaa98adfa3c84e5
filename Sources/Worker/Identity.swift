// SPDX-License-Identifier: Apache-2.0

import Tokens

/// Who is behind a session and what its token allows.
///
/// Immutable and shared: all anonymous sessions of a worker hold the same one.
final class Identity {
    let claims: Claims

    init(_ claims: Claims) {
        self.claims = claims
    }

    /// The user id; empty for an anonymous connection.
    var user: String { claims.user }
}
