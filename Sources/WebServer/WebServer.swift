// SPDX-License-Identifier: Apache-2.0

import Compression
import HTTP
package import Reactor

/// HTTP/1.1 and WebSocket on listening sockets, for one application, on one event loop.
///
/// It holds its connections until each has ended. A connection that waits costs its object alone:
/// what arrives is received into one buffer that all share, deadlines are a number in the
/// connection that one sweep looks at.
package final class WebServer {
    package let limits: WebServerLimits
    package internal(set) var counters = WebServerCounters()
    let loop: EventLoop
    let application: any WebApplication
    let trustedProxies: TrustedProxies

    /// Whether answers end their connections, since the server is about to go.
    private(set) var isDraining = false

    /// Whether newcomers are refused because this process holds all the memory that it may.
    package var isShortOfMemory = false

    private var table = ConnectionTable()
    var lanes = SendLanes()
    /// Made when the first message is compressed, and decompressed.
    private(set) lazy var deflater = Deflater()
    private(set) lazy var inflater = Inflater()
    private var admission: Admission
    private var listeners: [Listener] = []
    private var isAcceptingPaused = false
    private var closed: [(Connection, CloseCause)] = []
    private var abandoned: [(Connection, PendingAnswer, AbandonCause)] = []
    private var receiveBuffer: [UInt8] = []
    private var isSweeping = false
    /// Where TLS puts small frames together; empty in between, its memory stays.
    var record: [UInt8] = []
    private var handshakeTurn = MonotonicTime(nanoseconds: 0)
    private var handshakeTime = Duration.zero
    private var date = (second: Int64.min, text: "")
    /// For how long browsers are told to come over TLS alone (RFC 6797); zero: they are not told.
    package var strictTransportAge = Duration.zero

    package init(
        loop: EventLoop,
        limits: WebServerLimits,
        application: any WebApplication,
        trustedProxies: TrustedProxies = TrustedProxies()
    ) {
        self.trustedProxies = trustedProxies
        self.loop = loop
        self.limits = limits
        self.application = application
        admission = Admission(
            maximumPerOrigin: limits.maximumConnectionCountPerAddress,
            maximumPerSecond: limits.maximumAcceptCountPerSecond
        )
    }

    // MARK: Listening

    /// Serves the connections of a listening socket, which stays the caller's to close.
    ///
    /// - Throws: when the kernel cannot watch more descriptors.
    package func listen(
        on raw: Int32,
        as traits: ListenerTraits = ListenerTraits()
    ) throws(SystemError) {
        let listener = Listener(raw, traits, self)
        try listener.start()
        listeners.append(listener)
    }

    /// Takes no more connections, ends the HTTP ones that wait for a request, and the others after
    /// their answer; WebSockets stay open until the application closes them.
    package func stopAccepting() {
        isDraining = true
        for listener in listeners { listener.stop() }
        listeners = []
        table.visitAll { $0.endIfIdle() }
    }

    /// Descriptors have run out: asking again at once would spin.
    func pauseAccepting() {
        guard !isAcceptingPaused else { return }
        counters.acceptPauses += 1
        restAccepting(for: limits.acceptPause)
    }

    /// Whether one more connection may be taken now; else accepting rests until it may.
    func mayAccept() -> Bool {
        guard let wait = admission.waitBeforeNext(now: loop.now) else { return true }
        if !isAcceptingPaused {
            counters.acceptRateLimits += 1
            restAccepting(for: wait)
        }
        return false
    }

    /// Looked and found nobody: that counts as no connection.
    func acceptedNobody() { admission.giveBack() }

    private func restAccepting(for pause: Duration) {
        isAcceptingPaused = true
        for listener in listeners { listener.setAccepting(false) }
        loop.schedule(after: pause) { [weak self] in self?.resumeAccepting() }
    }

    private func resumeAccepting() {
        guard isAcceptingPaused else { return }
        isAcceptingPaused = false
        for listener in listeners { listener.setAccepting(true) }
    }

    // MARK: Connections

    /// Sockets that are open, WebSockets and others.
    package var connectionCount: Int { table.count }

    /// The connection with an id, while it is there.
    package func connection(_ id: ConnectionID) -> Connection? { table[id] }

    /// Calls for every open WebSocket; the body may send on, close and abort any connection.
    package func forEachConnection(_ body: (Connection) -> Void) {
        table.visitAll { connection in
            if connection.isOpen { body(connection) }
        }
    }

    func admit(_ accepted: consuming AcceptedConnection, _ traits: ListenerTraits) {
        let peer = accepted.peer
        let descriptor = accepted.takeDescriptor()
        guard table.count < limits.maximumConnectionCount else {
            counters.rejectedConnections += 1
            return refuse(descriptor, traits, .serviceUnavailable, "too many connections")
        }
        guard !isShortOfMemory else {
            counters.rejectedForMemory += 1
            return refuse(descriptor, traits, .serviceUnavailable, "no memory to spare")
        }
        guard enter(peer) else {
            counters.rejectedForAddress += 1
            // A handshake to say so in TLS would cost more than the connection.
            if traits.tls == nil { sendRefusal(forAddressOn: descriptor.raw) }
            return
        }
        let connection = insert(descriptor, peer: peer, entrance: Entrance(traits))
        counters.acceptedConnections += 1
        connection.start()
        startSweeping()
    }

    func insertAdopted(_ descriptor: consuming Descriptor, peer: SocketAddress) -> Connection {
        if !trustedProxies.contains(peer) { admission.enterAdopted(peer) }
        return insert(descriptor, peer: peer)
    }

    private func insert(
        _ descriptor: consuming Descriptor,
        peer: SocketAddress,
        entrance: Entrance? = nil
    ) -> Connection {
        var slot: Descriptor? = consume descriptor
        return table.insert { id in
            guard let descriptor = slot.take() else { preconditionFailure("inserted twice") }
            return Connection(
                id: id,
                peer: peer,
                descriptor: descriptor,
                server: self,
                entrance: entrance
            )
        }
    }

    /// Whether the answer arrives is the kernel's affair: one more connection is one too many.
    private func refuse(
        _ descriptor: borrowing Descriptor,
        _ traits: ListenerTraits,
        _ status: HTTPStatus,
        _ words: String
    ) {
        // A handshake to say so in TLS would cost more than the connection.
        guard traits.tls == nil else { return }
        send(refusal: status, words, on: descriptor.raw)
    }

    func sendRefusal(forAddressOn raw: Int32) {
        send(refusal: .tooManyRequests, "too many connections from your address", on: raw)
    }

    private func send(refusal status: HTTPStatus, _ words: String, on raw: Int32) {
        var response = HTTPResponse.text(status, words)
        response.headers.append("Retry-After", "5")
        let bytes = HTTPResponseEncoder.encode(response, .unreadable, date: dateText())
        _ = Socket.send(raw, bytes, from: 0)
    }

    /// Counts a connection for another address: the one that a proxy says is its peer's.
    ///
    /// - Returns: false when that address has all the connections that it may have.
    func changeAddress(from old: SocketAddress, to new: SocketAddress) -> Bool {
        guard enter(new) else {
            counters.rejectedForAddress += 1
            return false
        }
        leave(old)
        return true
    }

    /// A trusted proxy is not counted: it speaks for many, who are.
    private func enter(_ address: SocketAddress) -> Bool {
        trustedProxies.contains(address) || admission.enter(address)
    }

    private func leave(_ address: SocketAddress) {
        if !trustedProxies.contains(address) { admission.leave(address) }
    }

    /// Forgets a connection whose descriptor is closed.
    func remove(_ connection: Connection) {
        table.remove(connection.id)
        leave(connection.peer)
        // The descriptor that was given back may be the one that was missing.
        if isAcceptingPaused { resumeAccepting() }
    }

    /// Tells the application at the end of the turn, when none of its own calls is running.
    func reportClosed(_ connection: Connection, _ cause: CloseCause) {
        closed.append((connection, cause))
        guard closed.count == 1 else { return }
        loop.deferToEndOfTurn { [self] in
            let reports = closed
            closed = []
            for (connection, cause) in reports {
                application.closed(connection, cause)
                connection.session = nil
            }
        }
    }

    /// Tells the application at the end of the turn that an answer is not awaited any more.
    func reportAbandoned(
        _ connection: Connection,
        _ answer: PendingAnswer,
        _ cause: AbandonCause
    ) {
        abandoned.append((connection, answer, cause))
        guard abandoned.count == 1 else { return }
        loop.deferToEndOfTurn { [self] in
            let reports = abandoned
            abandoned = []
            for (connection, answer, cause) in reports {
                application.abandoned(answer, on: connection, cause)
            }
        }
    }

    // MARK: Shared by all connections

    /// Lends the receive buffer, so that nothing else can change it while its bytes are read.
    func withReceiveBuffer(_ body: (inout [UInt8]) -> Void) {
        var buffer = receiveBuffer
        receiveBuffer = []
        if buffer.isEmpty {
            buffer = [UInt8](repeating: 0, count: WebServerLimits.receiveBufferByteCount)
        }
        body(&buffer)
        receiveBuffer = buffer
    }

    /// Whether this turn has time for another step of a TLS handshake.
    var hasTimeForHandshake: Bool {
        handshakeTurn != loop.now || handshakeTime < WebServerLimits.handshakeTimePerTurn
    }

    func countHandshakeTime(_ time: Duration) {
        handshakeTime = (handshakeTurn == loop.now ? handshakeTime : .zero) + time
        handshakeTurn = loop.now
    }

    /// The Date field's value, made once a second.
    func dateText() -> String {
        let second = WallClock.now() / 1000
        if second != date.second { date = (second, HTTPDate.format(unixSeconds: second)) }
        return date.text
    }

    /// One timer looks after the deadlines of all, and rests while there is none.
    func startSweeping() {
        guard !isSweeping else { return }
        isSweeping = true
        loop.schedule(after: limits.sweepInterval) { [weak self] in self?.sweep() }
    }

    private func sweep() {
        isSweeping = false
        let now = loop.now
        table.visitAll { $0.checkDeadline(now) }
        if table.count > 0 { startSweeping() }
    }
}
