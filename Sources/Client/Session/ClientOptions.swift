// SPDX-License-Identifier: Apache-2.0

package import TLS

/// How a client connects, and how it comes back.
package struct ClientOptions {
    /// Asked before every connection, so that an expired token can be replaced; empty: anonymous.
    package var token: () -> String = { "" }
    package var name: String = "tally"
    package var version: String = ""
    /// The command's `data`, JSON text; empty: none.
    package var data: [UInt8] = []
    /// Whom to trust behind `wss://`; nil: whom the system trusts.
    package var security: TLSClient?
    /// Whether a lost connection is made anew, as long as the server does not forbid it.
    package var reconnects: Bool = true
    /// Waits between attempts; the bounds are those of the protocol's SDKs.
    package var backOff = BackOff(minimum: .milliseconds(500), maximum: .seconds(20))
    /// How long after a missed ping the connection is given up.
    package var pingTolerance: Duration = .seconds(10)
    /// From the socket's first byte to the answer to `connect`.
    package var connectTimeout: Duration = .seconds(10)

    package init() {}
}
