// SPDX-License-Identifier: Apache-2.0

import Reactor
import TLS

/// The seam between a connection and what carries its bytes: the socket as it is, or TLS on it.
extension Connection {
    func take(from raw: Int32, into buffer: inout [UInt8]) -> TransferResult {
        // What still comes after our end is thrown away, so nobody needs to open it.
        guard let tls, phase != .lingering else { return Socket.receive(raw, into: &buffer) }
        return tls.receive(into: &buffer)
    }

    func offer(_ bytes: [UInt8], to raw: Int32) -> TransferResult {
        guard let tls else { return Socket.send(raw, bytes, from: 0) }
        return tls.send(bytes, from: 0)
    }

    func offer(gathering pieces: [[UInt8]], firstOffset: Int, to raw: Int32) -> TransferResult {
        guard let tls else {
            return Socket.send(raw, gathering: pieces, firstOffset: firstOffset)
        }
        let most = TLSSession.maximumRecordByteCount
        guard let first = pieces.first, pieces.count > 1, first.count - firstOffset < most else {
            return tls.send(pieces[0], from: firstOffset)
        }
        // Small frames share a record: each costs a seal, a call and 22 bytes on the wire. What is
        // offered again after it was held begins with the same bytes, since the queue does.
        server.record.append(contentsOf: first[firstOffset...])
        for piece in pieces.dropFirst() where server.record.count < most {
            server.record.append(contentsOf: piece.prefix(most - server.record.count))
        }
        defer { server.record.removeAll(keepingCapacity: true) }
        return tls.send(server.record, from: 0)
    }
}
