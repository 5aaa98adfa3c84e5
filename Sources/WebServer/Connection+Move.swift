// SPDX-License-Identifier: Apache-2.0

package import Reactor
import WebSocket

extension Connection {
    /// The socket to hand over; nil once it is closed.
    ///
    /// TLS cannot move: its keys and counters are inside OpenSSL.
    package var movableDescriptor: Int32? {
        isOpen && !peerHasEnded && tls == nil ? rawDescriptor : nil
    }

    /// What another process needs to go on with this WebSocket; nil for what cannot move: HTTP,
    /// and what is about to close.
    ///
    /// Changes nothing here. Whoever hands it over must not run the loop before it knows whether
    /// the other process goes on, since both hold the socket.
    package func moved() -> MovedConnection? {
        guard movableDescriptor != nil else { return nil }
        return MovedConnection(
            peer: peer,
            compression: endpoint.compression,
            lastReceived: lastReceived,
            replay: endpoint.replay,
            unprocessed: unprocessed,
            unsent: queue.unsentBytes
        )
    }

    /// Forgets the connection, whose socket another process goes on with: nothing is sent on it,
    /// and the application is told nothing.
    package func leave() {
        isReportedOpen = false
        end(.aborted)
        session = nil
    }

    /// Takes up what another process left, before the loop runs.
    func takeUp(_ moved: MovedConnection) throws(MoveError) {
        phase = .webSocket
        endpoint = WebSocketEndpoint(receivingFrom: .client, moved.compression)
        exchange = nil
        isReportedOpen = true
        lastReceived = moved.lastReceived
        var offset = 0
        let action = endpoint.receive(
            moved.replay.span,
            from: &offset,
            limits: server.limits.webSocket
        )
        guard action == nil, endpoint.isOpen else { throw .invalidReplay }
        unprocessed = moved.unprocessed
        if !moved.unsent.isEmpty {
            queue.append(SharedFrame(encoded: moved.unsent), at: server.loop.now)
        }
    }
}

extension WebServer {
    /// Goes on with a WebSocket of another process; nothing happens on it before `start`.
    ///
    /// - Throws: when its state makes no sense; the socket is closed then.
    package func adopt(
        _ moved: MovedConnection,
        descriptor: consuming Descriptor
    ) throws(MoveError) -> Connection {
        let connection = insertAdopted(descriptor, peer: moved.peer)
        do throws(MoveError) {
            try connection.takeUp(moved)
        } catch {
            connection.leave()
            throw error
        }
        return connection
    }

    /// Lets an adopted connection live: it takes what has come and sends what waits.
    package func start(_ connection: Connection) {
        connection.start()
        connection.flush()
        connection.resume()
        connection.settle()
        startSweeping()
    }
}
