// SPDX-License-Identifier: Apache-2.0

import HubLink
import Logging
import Reactor
import WebServer

/// An old worker's end of a hand-over: waits on the control socket for a successor to ask.
final class Predecessor: EventHandler {
    /// What cannot move is answered within this long, then the process ends.
    private static let retirement = Duration.seconds(10)

    private let control: Int32
    /// For the whole hand-over, in which neither process serves: clients see it as a pause, and
    /// the supervisor must not take it for a hang.
    private let patience: Duration
    private let loop: EventLoop
    private let server: WebServer
    private let gateway: ClientGateway
    private let hub: HubConnection
    private let drain: Drain
    private let logger: Logger
    private var registration: Registration?

    init(
        control: Int32,
        patience: Duration,
        loop: EventLoop,
        server: WebServer,
        gateway: ClientGateway,
        hub: HubConnection,
        drain: Drain,
        logger: Logger
    ) {
        self.control = control
        self.patience = patience
        self.loop = loop
        self.server = server
        self.gateway = gateway
        self.hub = hub
        self.drain = drain
        self.logger = logger
    }

    func watch() throws(SystemError) {
        registration = try loop.add(control, [.readable], handler: self)
    }

    func handle(_ readiness: Readiness) {
        let channel = HandoverChannel(control, deadline: .now() + patience)
        do throws(HandoverError) {
            guard case .takeOver(let format) = try channel.receive() else { throw .unexpected }
            guard format == HandoverMessage.format else {
                try channel.send(.refused)
                logger.notice("successor speaks another hand-over; clients are sent away")
                stopWatching()
                return drain.retire()
            }
            let moved = try handOver(channel)
            logger.info("handed over", metadata: ["connections": "\(moved.count)"])
            retire(moved)
        } catch .lost {
            // Nobody is at the other end: the supervisor ended, or a successor that had not begun.
            logger.debug("control socket closed")
            stopWatching()
        } catch {
            logger.warning("hand-over failed, going on", metadata: ["error": "\(error)"])
        }
    }

    /// Sends everything and waits for the successor to be ready; nothing here changes before.
    private func handOver(_ channel: HandoverChannel) throws(HandoverError) -> [Session] {
        // What waits for another's answer has no request of its own yet.
        gateway.askForAllWaiting()
        gateway.flushChannels()
        hub.flush()
        try channel.send(.begin(gateway.exportedState()))
        var moved: [Session] = []
        for session in gateway.sessions.values {
            guard let state = gateway.exported(session),
                let descriptor = session.connection.movableDescriptor
            else { continue }
            try channel.send(.session(state), descriptor: descriptor)
            moved.append(session)
        }
        let (link, state) = hub.moved()
        try channel.send(.end(state), descriptor: link)
        guard case .ready = try channel.receive() else { throw .unexpected }
        try channel.send(.go)
        return moved
    }

    /// Leaves what the successor goes on with, and ends when the rest is done.
    private func retire(_ moved: [Session]) {
        stopWatching()
        gateway.retirePluginCalls()
        hub.leave()
        server.stopAccepting()
        for session in moved {
            gateway.leave(session)
            session.connection.leave()
        }
        gateway.serveThoseWhoStay()
        drain.finish(within: Self.retirement)
    }

    private func stopWatching() {
        if let registration { loop.remove(registration) }
        registration = nil
    }
}
