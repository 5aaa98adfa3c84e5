// SPDX-License-Identifier: Apache-2.0

import Reactor
import TLS

/// What a connection has still to go through before it speaks HTTP.
final class Entrance {
    /// nil once the PROXY header is there, or where none is expected.
    var proxyHeader: ProxyHeaderParser?
    /// What TLS is spoken with; nil: none.
    let tls: TLSServer?
    /// What the socket must be ready for to go on.
    var interest = Interest.readable

    /// nil where HTTP comes at once.
    init?(_ traits: ListenerTraits) {
        guard traits.tls != nil || traits.expectsProxyHeader else { return nil }
        tls = traits.tls
        if traits.expectsProxyHeader { proxyHeader = ProxyHeaderParser() }
    }
}
