// SPDX-License-Identifier: Apache-2.0

/// A request method: any token, since which ones a path allows is the application's to say.
///
/// Methods are case-sensitive (RFC 9110 §9.1).
package struct HTTPMethod: Hashable, Sendable, CustomStringConvertible {
    package let name: String

    package init(_ name: String) {
        self.name = name
    }

    package static let get = HTTPMethod("GET")
    package static let head = HTTPMethod("HEAD")
    package static let post = HTTPMethod("POST")
    package static let put = HTTPMethod("PUT")
    package static let delete = HTTPMethod("DELETE")
    package static let options = HTTPMethod("OPTIONS")
    package static let connect = HTTPMethod("CONNECT")

    package var description: String { name }
}
