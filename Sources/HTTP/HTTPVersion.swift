// SPDX-License-Identifier: Apache-2.0

/// The two versions that are spoken; a higher minor version of 1 is read as 1.1 (RFC 9110 §2.5).
package enum HTTPVersion: Comparable, Hashable, Sendable {
    case http10
    case http11
}
