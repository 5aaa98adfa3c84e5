// SPDX-License-Identifier: Apache-2.0

package import HTTP

/// What is served over a server's connections.
///
/// All calls come from the event loop. Each may send on, close and abort any connection; none is
/// made from inside such a call, so a loop over connections is never surprised by `closed`.
package protocol WebApplication: AnyObject {
    /// Answers a request that does not ask for WebSocket.
    ///
    /// At once, or later: then `Connection.deferAnswer` gives the name under which the server takes
    /// the answer.
    func respond(to request: HTTPRequest, on connection: Connection) -> HTTPAnswer

    /// An answer that was put off, or a stream, is not awaited any more; at the end of the turn.
    ///
    /// Not called for what was answered to its end. Does nothing where it is not implemented.
    func abandoned(_ answer: PendingAnswer, on connection: Connection, _ cause: AbandonCause)

    /// Decides about a valid request for WebSocket: path, origin and subprotocol are to be checked.
    func decideUpgrade(_ request: HTTPRequest, on connection: Connection) -> UpgradeDecision

    /// The WebSocket is open; what is sent now follows the handshake's answer.
    func opened(_ connection: Connection)

    /// A whole message, valid UTF-8.
    func received(text: [UInt8], on connection: Connection)

    func received(binary: [UInt8], on connection: Connection)

    /// An opened WebSocket is over, or a connection that was to keep a session; called exactly once, at the end of the loop's turn.
    ///
    /// Nothing is received any more, and what is sent goes nowhere. `session` is let go after it.
    func closed(_ connection: Connection, _ cause: CloseCause)
}

extension WebApplication {
    package func abandoned(
        _ answer: PendingAnswer,
        on connection: Connection,
        _ cause: AbandonCause
    ) {}
}
