// SPDX-License-Identifier: Apache-2.0

import Glibc
import HubLink
import Reactor

/// Why a hand-over did not happen.
enum HandoverError: Error, Hashable {
    /// The other side is gone.
    case lost
    case timedOut
    /// The other side cannot or will not.
    case refused
    case malformed(LinkError)
    /// A message out of its order, or one without the socket that belongs to it.
    case unexpected
    case system(SystemError)

    init(_ error: SystemError) {
        switch error.code {
        case ETIMEDOUT: self = .timedOut
        case EPIPE, ECONNRESET: self = .lost
        default: self = .system(error)
        }
    }
}

/// The talk between an old worker and its successor, over a Unix socket that carries sockets too.
///
/// Both sides stand still for it, so it blocks; everything must be over by one deadline.
final class HandoverChannel {
    /// One message: a session with a full queue of unsent bytes, or the pending requests of all.
    private static let limits = LinkLimits(maximumFrameByteCount: 64 << 20)

    private let raw: Int32
    private let deadline: MonotonicTime
    private var framer = LinkFramer(limits: limits)
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    /// Sockets that came and belong to messages not read yet, owned until they are handed out.
    private var descriptors: [Int32] = []

    init(_ raw: Int32, deadline: MonotonicTime) {
        self.raw = raw
        self.deadline = deadline
    }

    deinit {
        for raw in descriptors { Descriptor(owning: raw).close() }
    }

    /// Sends a message, with a socket that stays the caller's.
    func send(_ message: HandoverMessage, descriptor: Int32? = nil) throws(HandoverError) {
        var writer = LinkWriter()
        writer.append(message)
        do throws(SystemError) {
            try Socket.sendAll(
                raw,
                writer.take(),
                descriptors: descriptor.map { [$0] } ?? [],
                until: deadline
            )
        } catch {
            throw HandoverError(error)
        }
    }

    /// The next message.
    func receive() throws(HandoverError) -> HandoverMessage {
        while true {
            do throws(LinkError) {
                if let message = try framer.next(HandoverMessage.self) { return message }
            } catch {
                throw .malformed(error)
            }
            let count: Int
            do throws(SystemError) {
                count = try Socket.receive(
                    raw,
                    into: &buffer,
                    descriptors: &descriptors,
                    until: deadline
                )
            } catch {
                throw HandoverError(error)
            }
            guard count > 0 else { throw .lost }
            framer.append(buffer[..<count])
        }
    }

    /// The socket that came with the last message; the caller owns it.
    func takeDescriptor() throws(HandoverError) -> Descriptor {
        guard !descriptors.isEmpty else { throw .unexpected }
        return Descriptor(owning: descriptors.removeFirst())
    }
}
