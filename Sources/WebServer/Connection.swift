// SPDX-License-Identifier: Apache-2.0

import HTTP
package import Reactor
import TLS
import WebSocket

/// One socket, first speaking HTTP and then, if it asked for it, WebSocket.
///
/// Everything it owns while it waits is in this object; see `WebServer` for what all share.
package final class Connection: EventHandler {
    enum Phase: UInt8 {
        /// Before the first byte of HTTP: what the proxy says, and the TLS handshake.
        case entering
        case http
        case webSocket
        /// Sends what is queued, takes nothing.
        case flushing
        /// All is sent and our side is ended; waits for the peer to end its own.
        case lingering
        case ended
    }

    package let id: ConnectionID

    /// The application's own state of this connection.
    package var session: AnyObject?

    /// When bytes last arrived.
    package internal(set) var lastReceived: MonotonicTime

    let server: WebServer
    var descriptor: Descriptor?
    var registration: Registration?
    /// nil for bytes that go over the socket as they are.
    var tls: TLSSession?
    var phase = Phase.http

    /// The HTTP side; nil once WebSocket is spoken.
    var exchange: HTTPExchange?
    var endpoint = WebSocketEndpoint(receivingFrom: .client)
    var queue = OutgoingQueue()

    /// Received, but not looked at before the queue is shorter; then reading rests too.
    var unprocessed: [UInt8] = []
    var deadline = Deadline()

    private var packedPeer: PackedAddress

    /// Whether the application has been told that it is open, and not that it is closed.
    var isReportedOpen = false
    var peerHasEnded = false
    /// Whether it has had its share of this turn of the loop, and what came has to wait.
    var isResting = false

    /// While bytes are processed, answers are collected and sent by one call.
    var isCorked = false

    init(
        id: ConnectionID,
        peer: SocketAddress,
        descriptor: consuming Descriptor,
        server: WebServer,
        entrance: Entrance? = nil
    ) {
        self.id = id
        self.descriptor = consume descriptor
        self.server = server
        lastReceived = server.loop.now
        packedPeer = PackedAddress(peer)
        exchange = HTTPExchange(limits: server.limits.http, directPeer: peer)
        if let entrance {
            exchange?.entrance = entrance
            phase = .entering
        }
    }

    func start() {
        guard let raw = rawDescriptor else { return }
        do throws(SystemError) {
            registration = try server.loop.add(raw, .readable, handler: self)
            updateDeadline()
        } catch {
            end(.connectionLost(error))
        }
    }

    /// The client's address, as far as it is known: the other end of the socket, or whom a trusted
    /// proxy speaks for.
    package internal(set) var peer: SocketAddress {
        get { packedPeer.address }
        set { packedPeer = PackedAddress(newValue) }
    }

    var rawDescriptor: Int32? { descriptor?.raw }

    /// Whether messages can be sent.
    package var isOpen: Bool { phase == .webSocket && endpoint.isOpen }

    /// Bytes that are queued since the peer does not take them.
    package var unsentByteCount: Int { queue.byteCount }

    package func handle(_ readiness: Readiness) {
        guard phase != .entering else { return enter() }
        if readiness.contains(.writable) {
            flush()
            resume()
        }
        let isReading = readiness.contains(.readable) || readiness.contains(.closedByPeer)
        if isReading, wantsToRead {
            receive()
        } else if readiness.contains(.failed) || readiness.contains(.hangUp) {
            // Reported whatever the interest, so it must not be left for later. If reading is
            // wanted, it finds the reason.
            if wantsToRead { receive() } else { end(.connectionLost(nil)) }
        }
        settle()
    }

    /// Whether more input can be taken now.
    var wantsToRead: Bool {
        switch phase {
        case .http, .webSocket: !peerHasEnded && unprocessed.isEmpty && !isBackedUp
        case .lingering: true
        case .entering, .flushing, .ended: false
        }
    }

    /// Whether so much is unsent that nothing more should be asked.
    var isBackedUp: Bool {
        queue.byteCount > server.limits.pauseReadingAboveUnsentByteCount
    }

    /// Brings the loop's interest and the deadline in line with what the connection waits for.
    func settle() {
        guard let registration, phase != .ended else { return }
        var interest: Interest = []
        if wantsToRead { interest.insert(.readable) }
        if !queue.isEmpty || tls?.readingNeedsToWrite ?? false { interest.insert(.writable) }
        if phase == .entering { interest = exchange?.entrance?.interest ?? [] }
        server.loop.modify(registration, interest)
        updateLane()
        updateDeadline()
    }

    /// Lets frames for many be sent straight to the socket while nothing waits before them.
    private func updateLane() {
        if isOpen, queue.isEmpty, tls == nil, let raw = rawDescriptor {
            server.lanes.open(id, raw, endpoint.compression)
        } else {
            server.lanes.close(id)
        }
    }

    /// Ends the socket now; the application is told if it had been told that it was open.
    func end(_ cause: CloseCause) {
        guard phase != .ended else { return }
        phase = .ended
        if let registration { server.loop.remove(registration) }
        registration = nil
        server.lanes.close(id)
        tls = nil
        descriptor = nil
        abandonDeferred(cause)
        exchange = nil
        queue = OutgoingQueue()
        unprocessed = []
        endpoint = WebSocketEndpoint(receivingFrom: .client)
        reportClosed(cause)
        server.remove(self)
    }

    func reportClosed(_ cause: CloseCause) {
        guard isReportedOpen else { return }
        isReportedOpen = false
        server.reportClosed(self, cause)
    }
}
