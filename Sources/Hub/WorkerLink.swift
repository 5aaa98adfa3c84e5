// SPDX-License-Identifier: Apache-2.0

import HubLink
import Reactor

/// One worker's connection: bytes to messages, messages to bytes.
final class WorkerLink: EventHandler {
    /// Why a link ended, for the log.
    enum End: Hashable {
        case closedByWorker
        case failed(SystemError)
        case malformed(LinkError)
        /// The worker does not read: it is cut off, connects anew and takes up where it was.
        case slow(unsentByteCount: Int)
        case fault(LinkFault)
    }

    let id: LinkID
    private let descriptor: Descriptor
    private let loop: EventLoop
    private unowned let server: HubServer
    private let maximumUnsentByteCount: Int
    private var registration: Registration?
    private var framer: LinkFramer
    private var unsent: [UInt8] = []
    /// How much of `unsent` the kernel has taken.
    private var sentByteCount = 0

    /// Memory kept for the next turn; a burst's is given back.
    private static let keptByteCount = 1 << 20

    init(
        _ id: LinkID,
        _ descriptor: consuming Descriptor,
        limits: LinkLimits,
        maximumUnsentByteCount: Int,
        loop: EventLoop,
        server: HubServer
    ) {
        self.id = id
        self.descriptor = descriptor
        self.loop = loop
        self.server = server
        self.maximumUnsentByteCount = maximumUnsentByteCount
        framer = LinkFramer(limits: limits)
    }

    var unsentByteCount: Int { unsent.count - sentByteCount }

    func open() throws(SystemError) {
        registration = try loop.add(descriptor.raw, .readable, handler: self)
    }

    /// Lets go of the descriptor; the server has forgotten the link.
    func close() {
        if let registration { loop.remove(registration) }
        registration = nil
    }

    func handle(_ readiness: Readiness) {
        if readiness.contains(.writable) { flush() }
        guard registration != nil else { return }
        // One read a turn: the loop is level-triggered, and other links have their turn too.
        switch Socket.receive(descriptor.raw, into: &server.receiveBuffer) {
        case .transferred(let count):
            framer.append(server.receiveBuffer[..<count])
            receive()
        case .wouldBlock:
            break
        case .endOfStream:
            server.end(self, .closedByWorker)
        case .failed(let error):
            server.end(self, .failed(error))
        }
    }

    /// Queues one frame or several; `flush` sends them.
    func queue(_ frames: [UInt8]) {
        guard registration != nil else { return }
        unsent.append(contentsOf: frames)
        if unsentByteCount > maximumUnsentByteCount {
            server.end(self, .slow(unsentByteCount: unsentByteCount))
        }
    }

    func flush() {
        guard let registration else { return }
        while sentByteCount < unsent.count {
            switch Socket.send(descriptor.raw, unsent, from: sentByteCount) {
            case .transferred(let count):
                sentByteCount += count
            case .wouldBlock:
                dropSent()
                return loop.modify(registration, [.readable, .writable])
            case .endOfStream:
                return server.end(self, .closedByWorker)
            case .failed(let error):
                return server.end(self, .failed(error))
            }
        }
        dropSent()
        loop.modify(registration, .readable)
    }

    private func receive() {
        do throws(LinkError) {
            // The server may end the link at any message.
            while registration != nil, let message = try framer.next(WorkerMessage.self) {
                server.receive(message, from: id)
            }
        } catch {
            server.end(self, .malformed(error))
        }
    }

    private func dropSent() {
        if sentByteCount == unsent.count {
            unsent.removeAll(keepingCapacity: unsent.capacity <= Self.keptByteCount)
            sentByteCount = 0
        } else if sentByteCount > Self.keptByteCount, sentByteCount * 2 > unsent.count {
            unsent.removeSubrange(..<sentByteCount)
            sentByteCount = 0
        }
    }
}
