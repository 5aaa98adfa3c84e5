// SPDX-License-Identifier: Apache-2.0

package import ClientProtocol

/// What concerns the whole node and no stream: one case per RPC method, decoded and within its
/// limits.
package enum OperatorCommand: Hashable, Sendable {
    case disconnectUser(UserDisconnect)
    case revokeTokens(RevocationCommand)

    /// The RPC methods, as docs/protocol.md lists them.
    package enum Method: String, CaseIterable, Sendable {
        case disconnectUser = "user.disconnect"
        case revokeTokens = "token.revoke"
    }

    /// The command that an RPC asks for; `data` is its JSON text, empty for none.
    ///
    /// - Returns: nil for another method.
    /// - Throws: error 107 for data that does not fit.
    package static func decode(
        method: String,
        data: [UInt8]
    ) throws(ErrorReply) -> OperatorCommand? {
        guard let method = Method(rawValue: method) else { return nil }
        let data = try CommandData(data.isEmpty ? Array("{}".utf8) : data)
        switch method {
        case .disconnectUser: return .disconnectUser(try UserDisconnect(data))
        case .revokeTokens: return .revokeTokens(try RevocationCommand(data))
        }
    }

    /// The one user whom the command concerns; nil where it may concern anybody.
    package var user: String? {
        switch self {
        case .disconnectUser(let command): command.user
        case .revokeTokens(let command):
            if case .user(let user) = command.target { user } else { nil }
        }
    }
}
