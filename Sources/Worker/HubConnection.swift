// SPDX-License-Identifier: Apache-2.0

import HubLink
import Logging
import Reactor

/// What a worker does with its link to the hub.
protocol HubConnectionDelegate: AnyObject {
    /// The link is new: say hello, who is here and where every channel stands.
    func hubLinkOpened()
    func received(_ message: HubMessage)
    /// Nothing is lost on this side: what was not answered goes over the next link.
    func hubLinkLost()
}

/// The worker's end of the link: connects, connects again, writes once per loop turn.
final class HubConnection: EventHandler {
    /// The supervisor keeps the hub's socket open, so a connection waits in its backlog while a
    /// hub restarts; this is the pace at which a refused or full backlog is tried again.
    private static let reconnectInterval = Duration.milliseconds(50)
    /// Reads between two looks at the clients: a hub in full flow must not starve them.
    private static let receivesPerTurn = 16

    weak var delegate: (any HubConnectionDelegate)?

    private let loop: EventLoop
    private let address: SocketAddress
    private let limits: LinkLimits
    private let maximumUnsentByteCount: Int
    private let logger: Logger
    private var socket: Descriptor?
    private var registration: Registration?
    private var framer: LinkFramer
    private var writer = LinkWriter()
    private var unsent: [UInt8] = []
    private var sentByteCount = 0
    private var flushIsScheduled = false
    private var hasLeft = false
    private var receiveBuffer = [UInt8](repeating: 0, count: 256 << 10)

    init(
        loop: EventLoop,
        address: SocketAddress,
        limits: LinkLimits,
        maximumUnsentByteCount: Int,
        logger: Logger
    ) {
        self.loop = loop
        self.address = address
        self.limits = limits
        self.maximumUnsentByteCount = maximumUnsentByteCount
        self.logger = logger
        framer = LinkFramer(limits: limits)
    }

    var isConnected: Bool { registration != nil }

    /// Whether the hub takes so little that more requests would only wait.
    var isCongested: Bool { unsentByteCount > maximumUnsentByteCount }

    func connect() {
        precondition(!isConnected)
        do {
            let socket = try Socket.connect(address)
            registration = try loop.add(socket.raw, [.readable], handler: self)
            self.socket = consume socket
            delegate?.hubLinkOpened()
        } catch {
            logger.debug("hub not reachable", metadata: ["error": "\(error)"])
            scheduleReconnect()
        }
    }

    // MARK: Hand-over

    /// The link as it stands, for a successor; nil while there is none.
    ///
    /// Changes nothing here, and the socket stays this side's until `leave`.
    func moved() -> (raw: Int32?, state: HubLinkState) {
        let state = HubLinkState(
            isConnected: isConnected,
            received: framer.bufferedBytes,
            unsent: Array(unsent[sentByteCount...]) + writer.bytes
        )
        return (raw, state)
    }

    /// Forgets the link, which a successor goes on with, and makes no other.
    func leave() {
        if let registration { loop.remove(registration) }
        registration = nil
        socket = nil
        hasLeft = true
    }

    /// Makes another link after `leave`, as if there had been none.
    func beginAnew() {
        hasLeft = false
        framer = LinkFramer(limits: limits)
        _ = writer.take()
        unsent = []
        sentByteCount = 0
        connect()
    }

    /// Goes on with a predecessor's link.
    func adopt(_ link: consuming Descriptor, _ state: HubLinkState) {
        precondition(!isConnected)
        do {
            registration = try loop.add(link.raw, [.readable], handler: self)
        } catch {
            logger.error("hub link not taken up", metadata: ["error": "\(error)"])
            return
        }
        socket = consume link
        unsent = state.unsent
        sentByteCount = 0
        framer.append(state.received[...])
        if deliver() { flush() }
    }

    // MARK: Messages

    /// Adds a message to this turn's bytes; without a link it is dropped, since `hubLinkOpened`
    /// says everything anew.
    func send(_ message: WorkerMessage) {
        guard isConnected else { return }
        writer.append(message)
        guard !flushIsScheduled else { return }
        flushIsScheduled = true
        loop.deferToEndOfTurn { [weak self] in self?.flush() }
    }

    func handle(_ readiness: Readiness) {
        if readiness.contains(.writable) {
            flush()
        }
        if !readiness.isDisjoint(with: [.readable, .closedByPeer, .hangUp, .failed]) {
            receive()
        }
    }

    private var raw: Int32? { isConnected ? socket?.raw : nil }

    private var unsentByteCount: Int { unsent.count - sentByteCount + writer.bytes.count }

    func flush() {
        flushIsScheduled = false
        guard let raw else { return }
        if sentByteCount == unsent.count {
            unsent = writer.take()
            sentByteCount = 0
        }
        while sentByteCount < unsent.count {
            switch Socket.send(raw, unsent, from: sentByteCount) {
            case .transferred(let count):
                sentByteCount += count
                if sentByteCount == unsent.count, !writer.bytes.isEmpty {
                    unsent = writer.take()
                    sentByteCount = 0
                }
            case .wouldBlock:
                setAwaitsWritability(true)
                return
            case .endOfStream:
                return lose("closed")
            case .failed(let error):
                return lose("\(error)")
            }
        }
        setAwaitsWritability(false)
    }

    private func setAwaitsWritability(_ awaits: Bool) {
        guard let registration else { return }
        loop.modify(registration, awaits ? [.readable, .writable] : [.readable])
    }

    private func receive() {
        for _ in 0..<Self.receivesPerTurn {
            guard let raw else { return }
            switch Socket.receive(raw, into: &receiveBuffer) {
            case .transferred(let count):
                framer.append(receiveBuffer[..<count])
                guard deliver() else { return }
                if count < receiveBuffer.count { return }
            case .wouldBlock:
                return
            case .endOfStream:
                return lose("closed by the hub")
            case .failed(let error):
                return lose("\(error)")
            }
        }
    }

    /// Hands on every whole message; false when the link was lost meanwhile.
    private func deliver() -> Bool {
        do {
            while isConnected, let message = try framer.next(HubMessage.self) {
                delegate?.received(message)
            }
        } catch {
            lose("\(error)")
        }
        return isConnected
    }

    private func lose(_ reason: String) {
        guard let registration else { return }
        loop.remove(registration)
        self.registration = nil
        socket = nil
        framer = LinkFramer(limits: limits)
        _ = writer.take()
        unsent = []
        sentByteCount = 0
        logger.warning("hub link lost", metadata: ["reason": "\(reason)"])
        delegate?.hubLinkLost()
        scheduleReconnect()
    }

    private func scheduleReconnect() {
        loop.schedule(after: Self.reconnectInterval) { [weak self] in
            guard let self, !isConnected, !hasLeft else { return }
            connect()
        }
    }
}
