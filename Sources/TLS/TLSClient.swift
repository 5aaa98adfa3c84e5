// SPDX-License-Identifier: Apache-2.0

/// Whom a client expects at the other end.
package enum TLSPeerName: Hashable, Sendable {
    /// A DNS name, which is also asked for (RFC 6066 §3).
    case name(String)
    /// A numeric address, which cannot be asked for.
    case address(String)
}

/// What a client's TLS connections have in common.
@safe package final class TLSClient {
    private let context: TLSContext

    package enum Trust: Sendable {
        /// The authorities that the system trusts.
        case system
        /// Those in PEM text, and no others.
        case authorities([UInt8])
    }

    /// - Throws: when there is no authority in the text.
    package init(trusting trust: Trust) throws(TLSError) {
        switch trust {
        case .system: context = try TLSContext(authorities: nil)
        case .authorities(let text): context = try TLSContext(authorities: text)
        }
    }

    /// Starts a client's side of TLS on a connected socket that the caller goes on owning.
    package func session(on descriptor: Int32, to peer: TLSPeerName) -> TLSSession? {
        guard let session = TLSSession(context, descriptor: descriptor, keeping: context) else {
            return nil
        }
        session.become(clientOf: peer)
        return session
    }
}
