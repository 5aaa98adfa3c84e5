// SPDX-License-Identifier: Apache-2.0

package import HTTP

/// The application's word on a valid request for WebSocket.
package enum UpgradeDecision: Sendable {
    /// Go on as WebSocket, with one of the subprotocols that the client offers or with none.
    case accept(subprotocol: String?)
    case refuse(HTTPResponse)
}
