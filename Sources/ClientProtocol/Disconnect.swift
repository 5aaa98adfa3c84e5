// SPDX-License-Identifier: Apache-2.0

/// Every WebSocket close code of the client protocol; docs/protocol.md lists the same table.
///
/// After 3000–3499 a client reconnects; 3500–3999 are terminal.
package enum Disconnect: UInt16, CaseIterable, Sendable {
    case connectionClosed = 3000
    case shutdown = 3001
    case serverError = 3004
    case expired = 3005
    case slow = 3008
    case insufficientState = 3010
    case forceReconnect = 3011
    case noPong = 3012
    case tooManyRequests = 3013

    case invalidToken = 3500
    case badRequest = 3501
    case stale = 3502
    case forceDisconnect = 3503
    case connectionLimit = 3504
    case channelLimit = 3505
    case permissionDenied = 3507
    case tooManyErrors = 3509

    /// At most 32 ASCII bytes, as clients log it.
    package var reason: String {
        switch self {
        case .connectionClosed: "connection closed"
        case .shutdown: "shutdown"
        case .serverError: "server error"
        case .expired: "expired"
        case .slow: "slow"
        case .insufficientState: "insufficient state"
        case .forceReconnect: "force reconnect"
        case .noPong: "no pong"
        case .tooManyRequests: "too many requests"
        case .invalidToken: "invalid token"
        case .badRequest: "bad request"
        case .stale: "stale"
        case .forceDisconnect: "force disconnect"
        case .connectionLimit: "connection limit"
        case .channelLimit: "channel limit"
        case .permissionDenied: "permission denied"
        case .tooManyErrors: "too many errors"
        }
    }

    package var clientReconnects: Bool { rawValue < 3500 }
}

/// Codes of the unsubscribe push: below 2500 final, from 2500 the client subscribes again.
package enum Unsubscribe: UInt32, CaseIterable, Sendable {
    case byServer = 2000
    case insufficientState = 2500
    case expired = 2501

    package var reason: String {
        switch self {
        case .byServer: "unsubscribed by the server"
        case .insufficientState: "insufficient state"
        case .expired: "expired"
        }
    }
}
