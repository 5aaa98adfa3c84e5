// SPDX-License-Identifier: Apache-2.0

/// What a server has seen since its start; only ever rising.
package struct WebServerCounters: Hashable, Sendable {
    package var acceptedConnections = 0
    package var rejectedConnections = 0
    /// Refused because their address has too many; because memory is short.
    package var rejectedForAddress = 0
    package var rejectedForMemory = 0
    package var acceptPauses = 0
    /// Times that newcomers were left waiting because too many came in a second.
    package var acceptRateLimits = 0
    package var requests = 0
    /// Requests that could not be read, or did not come in time.
    package var badRequests = 0
    /// Answers that were put off; the late were told 504, the abandoned had nobody left to tell.
    package var deferredAnswers = 0
    package var lateAnswers = 0
    package var abandonedAnswers = 0
    package var upgrades = 0
    /// TLS handshakes that were finished, and how many of them resumed a session.
    package var handshakes = 0
    package var resumedHandshakes = 0
    /// TLS handshakes and PROXY headers that failed, or did not come in time.
    package var failedHandshakes = 0
    /// WebSockets that were closed because their peer broke the protocol.
    package var protocolErrors = 0
    package var slowDisconnects = 0
}
