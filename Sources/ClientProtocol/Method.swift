// SPDX-License-Identifier: Apache-2.0

/// What a command asks for: the key under which its fields stand, and its reply's.
package enum Method: String, CaseIterable, Sendable {
    case connect
    case subscribe
    case unsubscribe
    case publish
    case presence
    case presenceStats = "presence_stats"
    case history
    case ping
    case send
    case rpc
    case refresh
    case subRefresh = "sub_refresh"

    /// Whether the command is answered, and so needs an id.
    package var hasReply: Bool { self != .send }
}

/// What the server tells without being asked: the key inside `push`.
package enum Push: String, CaseIterable, Sendable {
    case publication = "pub"
    case join
    case leave
    case unsubscribe
    case subscribe
    case message
    case connect
    case disconnect
    case refresh
}
