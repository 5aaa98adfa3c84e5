// SPDX-License-Identifier: Apache-2.0

import ClientProtocol
import HTTP

extension HTTPResponse {
    /// An error of the client protocol as the answer to a request: the same object, and a status.
    init(refusing error: ErrorReply) {
        let status: HTTPStatus =
            switch ErrorCode(rawValue: error.code) {
            case .unauthorized, .tokenExpired, .expired: .unauthorized
            case .permissionDenied, .rejectedByPlugin: .forbidden
            case .unknownChannel, .notAvailable: .notFound
            case .tooManyRequests, .limitExceeded: .tooManyRequests
            case .internal, .hubUnavailable: .serviceUnavailable
            // What plugins refuse has their own codes.
            case nil: .forbidden
            default: .badRequest
            }
        self = .json(status, Encoder.errorBody(error))
        if status == .unauthorized { headers.append("WWW-Authenticate", "Bearer") }
        if let milliseconds = error.retryAfterMilliseconds {
            headers.append("Retry-After", String(max(1, (milliseconds + 999) / 1_000)))
        }
    }
}

extension ErrorReply {
    /// What a connection would be closed with, for a request that can only be answered.
    init(_ disconnect: Disconnect, reason: String) {
        switch disconnect {
        case .invalidToken: self.init(.unauthorized, reason)
        case .expired: self.init(.tokenExpired)
        case .connectionLimit, .channelLimit: self.init(.limitExceeded, reason)
        case .forceDisconnect, .permissionDenied: self.init(.permissionDenied, reason)
        case .tooManyRequests: self.init(.tooManyRequests, retryAfterMilliseconds: 1_000)
        default: self.init(.hubUnavailable, reason, retryAfterMilliseconds: 1_000)
        }
    }
}
