// SPDX-License-Identifier: Apache-2.0

/// Why something could not be fetched; without the address, which may hold a password.
package enum FetchError: Error, Hashable, Sendable {
    /// libcurl's words: no such host, refused, wrong certificate, too slow, ...
    case transfer(String)
    /// Another status than 200.
    case status(Int)
    case oversized
    /// One fetch at a time.
    case busy
}

extension FetchError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .transfer(let words): words
        case .status(let code): "the server answered \(code)"
        case .oversized: "the answer is too large"
        case .busy: "another fetch is under way"
        }
    }
}
