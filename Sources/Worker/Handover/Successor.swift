// SPDX-License-Identifier: Apache-2.0

import HubLink
import Logging
import Reactor
import WebServer

/// A new worker's end of a hand-over: asks the old one for all it has, before its own loop runs.
struct Successor {
    let gateway: ClientGateway
    let hub: HubConnection
    /// As long as the old worker waits.
    let patience: Duration
    let logger: Logger

    enum Outcome {
        /// The old worker's connections and its hub link are taken over.
        case tookOver
        /// There was nothing to take over: the old worker is dead, or sends its clients away.
        case beganAnew
    }

    /// - Throws: when the old worker may still be serving; then this process must end.
    func takeOver(from predecessor: consuming Descriptor) throws(HandoverError) -> Outcome {
        let channel = HandoverChannel(
            predecessor.raw,
            deadline: .now() + patience
        )
        do throws(HandoverError) {
            try channel.send(.takeOver(format: HandoverMessage.format))
            let first = try channel.receive()
            if case .refused = first { return .beganAnew }
            guard case .begin(let state) = first else { throw .unexpected }
            try receive(state, over: channel)
        } catch .lost where gateway.sessions.isEmpty {
            logger.notice("the old worker was gone before it handed over")
            return .beganAnew
        }
        logger.info("took over", metadata: ["connections": "\(gateway.sessions.count)"])
        return .tookOver
    }

    private func receive(
        _ state: WorkerState,
        over channel: HandoverChannel
    ) throws(HandoverError) {
        gateway.importState(state)
        while true {
            switch try channel.receive() {
            case .session(let session):
                gateway.importSession(session, descriptor: try channel.takeDescriptor())
            case .end(let link):
                gateway.importPending(state.pending)
                var socket: Descriptor?
                if link.isConnected { socket = try channel.takeDescriptor() }
                try channel.send(.ready)
                guard case .go = try channel.receive() else { throw .unexpected }
                if let socket = socket.take() {
                    hub.adopt(socket, link)
                    // The predecessor's plugins need not have been this worker's.
                    hub.send(.takesNotices(gateway.hello.takesNotices))
                }
                // The predecessor had one, now or before.
                gateway.hasBeenLinked = true
                return
            default:
                throw .unexpected
            }
        }
    }
}
