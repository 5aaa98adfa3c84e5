// SPDX-License-Identifier: Apache-2.0

package import Reactor
package import TLS

/// Where a server's WebSocket is: `ws://127.0.0.1:8000/connection/websocket`.
package struct ServerURL: Hashable, Sendable, CustomStringConvertible {
    package static let defaultText = "ws://127.0.0.1:8000/connection/websocket"
    package static let defaultPath = "/connection/websocket"

    package let address: SocketAddress
    /// For the Host field: `name[:port]`.
    package let host: String
    /// Whom the server's certificate must be for; nil: no TLS.
    package let peerName: TLSPeerName?
    /// Path and query.
    package let target: String

    package init(address: SocketAddress, target: String = ServerURL.defaultPath) {
        self.address = address
        host = address.description
        peerName = nil
        self.target = target
    }

    /// Takes `ws://`, `wss://`, `http://` and `https://`, an address or a name, a port (80 or 443
    /// without) and a path; or `unix:` and a socket's path.
    ///
    /// Asks the system's resolver for a name, which blocks; the first address is taken.
    /// - Throws: what is wrong, and what to write instead.
    package init(parsing text: String) throws(ServerURLError) {
        let rest: Substring
        var isSecure = false
        if text.hasPrefix("unix:") {
            do throws(SocketAddressError) {
                address = try SocketAddress(parsing: text)
            } catch {
                throw ServerURLError(reason: error.description)
            }
            (host, peerName, target) = ("localhost", nil, Self.defaultPath)
            return
        }
        if text.hasPrefix("ws://") {
            rest = text.dropFirst(5)
        } else if text.hasPrefix("http://") {
            rest = text.dropFirst(7)
        } else if text.hasPrefix("wss://") {
            (rest, isSecure) = (text.dropFirst(6), true)
        } else if text.hasPrefix("https://") {
            (rest, isSecure) = (text.dropFirst(8), true)
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
        let name = hasPort ? host[..<(host.lastIndex(of: ":") ?? host.endIndex)] : host[...]
        if !isSecure {
            peerName = nil
        } else if name.hasPrefix("[") {
            peerName = .address(String(name.dropFirst().dropLast()))
        } else if SocketAddress.ipv4(String(name), port: 0) != nil {
            peerName = .address(String(name))
        } else {
            peerName = .name(String(name))
        }
        do throws(SocketAddressError) {
            let port = isSecure ? ":443" : ":80"
            let found = try SocketAddress.all(parsing: host + (hasPort ? "" : port))
            guard let first = found.first else {
                throw SocketAddressError(text: host, problem: "it has no address")
            }
            address = first
        } catch {
            throw ServerURLError(reason: error.description)
        }
    }

    package var description: String { Self.text(address, host, target, isSecure: peerName != nil) }

    private static func text(
        _ address: SocketAddress,
        _ host: String,
        _ target: String,
        isSecure: Bool
    ) -> String {
        if case .unix = address { return address.description }
        return "\(isSecure ? "wss" : "ws")://\(host)\(target)"
    }
}

/// A text that is no URL of a server.
package struct ServerURLError: Error, Hashable, Sendable, CustomStringConvertible {
    package let reason: String

    package var description: String { reason }
}
