// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// What a PROXY header says of the connection behind it.
package enum ProxyHeader: Hashable, Sendable {
    /// The client that the proxy speaks for.
    case client(SocketAddress)
    /// The proxy itself, for a look at our health, or somebody whom it cannot name.
    case unspecified
}

/// Why bytes are no PROXY header.
package enum ProxyHeaderError: Error, Hashable, Sendable {
    /// Something else came first.
    case missing
    case tooLong
    case malformed
}
