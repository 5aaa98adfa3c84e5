// SPDX-License-Identifier: Apache-2.0

/// Why a secret cannot be used.
package enum TokenSecretError: Error, Hashable, Sendable {
    case tooShort
    case tooLong
    case outOfMemory
}

extension TokenSecretError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooShort: "the token secret must have at least \(TokenLimit.shortestSecret) bytes"
        case .tooLong: "the token secret must have at most \(TokenLimit.longestSecret) bytes"
        case .outOfMemory: "out of memory for the token secret"
        }
    }
}
