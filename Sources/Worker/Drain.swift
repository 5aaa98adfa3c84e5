// SPDX-License-Identifier: Apache-2.0

import ClientProtocol
import HubLink
import Logging
import Reactor
import WebServer

/// The end of a worker that was asked to go: no new connections, the old ones sent away.
///
/// Connections close in batches, so that the clients do not all come back to the next worker in
/// the same instant.
final class Drain {
    /// Connections closed at once, and the pause behind them: 10,000 clients leave within 2 s.
    private static let batchSize = 500
    private static let batchInterval = Duration.milliseconds(100)

    private let loop: EventLoop
    private let server: WebServer
    private let gateway: ClientGateway
    private let logger: Logger
    private var hasBegun = false

    init(loop: EventLoop, server: WebServer, gateway: ClientGateway, logger: Logger) {
        self.loop = loop
        self.server = server
        self.gateway = gateway
        self.logger = logger
    }

    /// Starts draining; `deadline` is when the loop ends whoever is still there.
    func begin(deadline: Duration) {
        guard !hasBegun else { return }
        hasBegun = true
        logger.info("draining", metadata: ["connections": "\(server.connectionCount)"])
        server.stopAccepting()
        loop.schedule(after: deadline) { [self] in
            logger.warning(
                "drain deadline passed",
                metadata: ["connections": "\(server.connectionCount)"]
            )
            loop.stop()
        }
        closeBatch()
    }

    private func closeBatch() {
        var remaining = Self.batchSize
        for session in gateway.sessions.values {
            guard remaining > 0 else { break }
            remaining -= 1
            gateway.disconnect(session, .shutdown)
        }
        guard server.connectionCount > 0 else { return loop.stop() }
        loop.schedule(after: Self.batchInterval) { [self] in closeBatch() }
    }
}
