// SPDX-License-Identifier: Apache-2.0

/// Every error code that a reply can carry; docs/protocol.md lists the same table.
///
/// 100–399 are the client protocol's, 400–999 Tally's own, 1000–1999 plugins'.
package enum ErrorCode: UInt32, CaseIterable, Sendable {
    case `internal` = 100
    case unauthorized = 101
    case unknownChannel = 102
    case permissionDenied = 103
    case methodNotFound = 104
    case alreadySubscribed = 105
    case limitExceeded = 106
    case badRequest = 107
    case notAvailable = 108
    case tokenExpired = 109
    case expired = 110
    case tooManyRequests = 111
    case unrecoverablePosition = 112

    case streamNotLive = 400
    case streamAlreadyLive = 401
    case slowMode = 402
    case muted = 403
    case unknownStream = 404
    case rejectedByPlugin = 405
    case commentTooLong = 406
    case duplicateComment = 407
    case staleGeneration = 408
    case unknownComment = 409
    case hubUnavailable = 410
    case invalidText = 411

    package var message: String {
        switch self {
        case .internal: "internal server error"
        case .unauthorized: "unauthorized"
        case .unknownChannel: "unknown channel"
        case .permissionDenied: "permission denied"
        case .methodNotFound: "method not found"
        case .alreadySubscribed: "already subscribed"
        case .limitExceeded: "limit exceeded"
        case .badRequest: "bad request"
        case .notAvailable: "not available"
        case .tokenExpired: "token expired"
        case .expired: "expired"
        case .tooManyRequests: "too many requests"
        case .unrecoverablePosition: "unrecoverable position"
        case .streamNotLive: "stream not live"
        case .streamAlreadyLive: "stream already live"
        case .slowMode: "slow mode"
        case .muted: "muted"
        case .unknownStream: "unknown stream"
        case .rejectedByPlugin: "rejected by a plugin"
        case .commentTooLong: "comment too long"
        case .duplicateComment: "duplicate comment"
        case .staleGeneration: "stale generation"
        case .unknownComment: "unknown comment"
        case .hubUnavailable: "hub unavailable"
        case .invalidText: "empty or invalid text"
        }
    }

    /// Whether the same command may succeed later without a change; SDKs retry these by themselves.
    package var isTemporary: Bool {
        switch self {
        case .internal, .tooManyRequests, .hubUnavailable: true
        default: false
        }
    }
}
