// SPDX-License-Identifier: Apache-2.0

/// What a process counts since the supervisor's start; a replacement goes on where its predecessor
/// stopped.
///
/// Add cases at the end: the raw value is the counter's place in the page.
package enum Counter: Int, CaseIterable, Sendable {
    // Connections.
    case acceptedConnections
    case rejectedConnections
    case slowDisconnects
    /// Times that accepting rested because the process had no descriptor left.
    case acceptPauses
    // Input.
    case requests
    case httpErrors
    case protocolErrors
    case commands
    case badRequests
    case commandErrors
    case rateLimited
    // Identity.
    case tokensAccepted
    case tokensRejected
    // Delivery.
    case publications
    case deliveries
    case recoveries
    case failedRecoveries
    // The link between hub and workers.
    case hubRequests
    case hubLinkErrors
    case hubReconnects
    // Keys for tokens, from the issuer's server.
    case keySetsFetched
    case keySetFetchErrors
    // Delivery, again.
    /// Comments that viewers were told of but not shown, once for each channel of a worker.
    case skippedComments
    // Newcomers that limits keep out or waiting.
    case rejectedForAddress
    case rejectedForMemory
    case rejectedForUser
    case acceptRateLimits
    // Revocation.
    /// Tokens that clients brought after they were revoked.
    case tokensRevoked
    /// Connections that a revocation ended.
    case revokedDisconnects
    // Limits of clients.
    /// Questions refused to spare the hub, among those that are counted as rate limited.
    case refusedQueries
    /// Connections that were ended because no `connect` came in time.
    case connectTimeouts
    /// Connections that were ended because they did not answer a ping.
    case pongTimeouts
    /// Subscriptions refused because their connection has all that it may have.
    case channelLimits
    /// Messages with more commands than may be in one.
    case oversizedBatches
    /// Connections that were ended for too many malformed commands.
    case errorLimits
    // What is in front of HTTP.
    /// WebSockets that a page of a foreign site asked for.
    case refusedOrigins
    case tlsHandshakes
    case tlsResumptions
    /// TLS handshakes and PROXY headers that failed, or did not come in time.
    case failedHandshakes

    /// As in `tally status --json`: `bad_requests`.
    package var name: String {
        "\(self)".reduce(into: "") { name, character in
            if character.isUppercase { name += "_" }
            name += character.lowercased()
        }
    }
}
