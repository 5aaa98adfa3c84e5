// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// Where a server's WebSocket is: `ws://127.0.0.1:8000/connection/websocket`.
package struct ServerURL: Hashable, Sendable, CustomStringConvertible {
    package static let defaultText = "ws://127.0.0.1:8000/connection/websocket"
    package static let defaultPath = "/connection/websocket"

    package let address: SocketAddress
    /// For the Host field: `name[:port]`.
    package let host: String
    /// Path and query.
    package let target: String

    package init(address: SocketAddress, target: String = ServerURL.defaultPath) {
        self.address = address
        host = address.description
        self.target = target
    }

    /// Takes `ws://` and `http://`, an address or localhost, a port (80 without) and a path.
    ///
    /// - Throws: what is wrong, and what to write instead.
    package init(parsing text: String) throws(ServerURLError) {
        let rest: Substring
        if text.hasPrefix("ws://") {
            rest = text.dropFirst(5)
        } else if text.hasPrefix("http://") {
            rest = text.dropFirst(7)
        } else if text.hasPrefix("wss://") || text.hasPrefix("https://") {
            throw ServerURLError(reason: "TLS is not supported yet; use ws://")
        } else {
            throw ServerURLError(reason: "expected a URL such as \(Self.defaultText)")
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest.dropFirst(authority.count)
        guard path.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }) else {
            throw ServerURLError(reason: "the path must be printable ASCII without # or spaces")
        }
        target =
            path.isEmpty || path == "/" ? Self.defaultPath : (path.first == "?" ? "/" : "") + path
        host = String(authority)
        let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
        let hasPort = authority[bracket...].contains(":")
        do throws(SocketAddressError) {
            address = try SocketAddress(parsing: host + (hasPort ? "" : ":80"))
        } catch {
            throw ServerURLError(reason: error.description)
        }
    }

    package var description: String { "ws://\(host)\(target)" }
}

/// A text that is no URL of a server.
package struct ServerURLError: Error, Hashable, Sendable, CustomStringConvertible {
    package let reason: String

    package var description: String { reason }
}
