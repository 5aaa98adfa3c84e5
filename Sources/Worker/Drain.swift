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
    private static let shutdownBatchSize = 500
    /// Over which the clients of a worker without a successor are sent to other workers.
    private static let retirementWindow = Duration.seconds(5)
    private static let batchInterval = Duration.milliseconds(100)
    /// Before the first of those who stay is sent away: the other workers are being replaced as well,
    /// and who comes back to one that is not yet has to come back twice.
    private static let replacementPause = Duration.seconds(2)

    private let loop: EventLoop
    private let server: WebServer
    private let gateway: ClientGateway
    private let logger: Logger
    private var hasBegun = false
    /// What clients are told, and how many of them at once.
    private var farewell = Disconnect.shutdown
    private var batchSize = Drain.shutdownBatchSize

    init(loop: EventLoop, server: WebServer, gateway: ClientGateway, logger: Logger) {
        self.loop = loop
        self.server = server
        self.gateway = gateway
        self.logger = logger
    }

    /// Sends all clients to other workers: nobody takes their connections over.
    ///
    /// They come back to a service that goes on, so they are spread over a window, that their
    /// recovery costs it little.
    func retire() {
        guard !hasBegun else { return }
        spread()
        begin(deadline: Self.retirementWindow * 2)
    }

    private func spread() {
        farewell = .forceReconnect
        let batches = Int(Self.retirementWindow / Self.batchInterval)
        batchSize = max(1, (gateway.sessions.count + batches - 1) / batches)
    }

    /// Sends away whom a successor could not take over, spread over the window, and ends the process
    /// with the last of them, or after a while.
    func finish(within limit: Duration) {
        hasBegun = true
        spread()
        loop.schedule(after: limit) { [self] in loop.stop() }
        guard !gateway.sessions.isEmpty else { return closeBatch() }
        loop.schedule(after: Self.replacementPause) { [self] in closeBatch() }
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
        var remaining = batchSize
        for session in gateway.sessions.values {
            guard remaining > 0 else { break }
            remaining -= 1
            gateway.disconnect(session, farewell)
        }
        guard server.connectionCount > 0 else { return loop.stop() }
        loop.schedule(after: Self.batchInterval) { [self] in closeBatch() }
    }
}
