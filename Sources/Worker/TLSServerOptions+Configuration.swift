// SPDX-License-Identifier: Apache-2.0

package import Manifest
package import TLS

extension TLSServerOptions {
    /// What the manifest says, with the files that `serve` has read.
    ///
    /// `ticketSecret`: nil: no session can be resumed.
    package init(_ settings: TLSSettings, ticketSecret: [UInt8]?) {
        self.init(
            identities: settings.material.map {
                TLSIdentity(certificates: $0.certificates, key: $0.key.bytes)
            }
        )
        minimumVersion = settings.minimumVersion == .tls13 ? .tls13 : .tls12
        if !settings.ciphers.isEmpty { ciphers = settings.ciphers }
        switch settings.clientVerification {
        case .off: clientVerification = .off
        case .optional: clientVerification = .optional
        case .required: clientVerification = .required
        }
        clientAuthorities = settings.clientAuthorities
        ticketLifetime = settings.ticketLifetime
        self.ticketSecret = settings.ticketLifetime > .zero ? ticketSecret : nil
    }
}
