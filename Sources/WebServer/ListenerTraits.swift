// SPDX-License-Identifier: Apache-2.0

package import TLS

/// What connections of one listening socket begin with.
package struct ListenerTraits {
    /// nil: plain HTTP.
    package var tls: TLSServer?
    /// Whether a PROXY header comes first, from trusted proxies and from nobody else.
    package var expectsProxyHeader: Bool

    package init(tls: TLSServer? = nil, expectsProxyHeader: Bool = false) {
        self.tls = tls
        self.expectsProxyHeader = expectsProxyHeader
    }
}
