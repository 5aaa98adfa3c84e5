// SPDX-License-Identifier: Apache-2.0

import Reactor
import WebSocket

extension WebServer {
    /// Sends one frame to many WebSockets, from the same memory and without allocating.
    ///
    /// - Parameters:
    ///   - frame: What they get, compressed where that was agreed on.
    ///   - connections: Who gets it; never from inside one of the application's callbacks about a
    ///     connection, whose answers are still being collected.
    ///   - range: Which of them, so that a long list can be sent in slices.
    ///   - otherwise: Called with the index of each that has something waiting, speaks TLS or is
    ///     no open WebSocket; it may send to any connection.
    package func send(
        _ frame: SharedFrame,
        to connections: [ConnectionID],
        _ range: Range<Int>,
        otherwise: (Int) -> Void
    ) {
        var deflated: SharedFrame?
        for index in range {
            let id = connections[index]
            guard let lane = lanes.lane(of: id) else {
                otherwise(index)
                continue
            }
            var frame = frame
            if lane.compression == .deflate {
                let compressed = deflated ?? self.deflated(frame)
                deflated = compressed
                frame = compressed
            }
            let result = Socket.send(lane.raw, frame.bytes, from: 0)
            if case .transferred(frame.bytes.count) = result { continue }
            connection(id)?.keepRest(of: frame, after: result)
        }
    }

    /// The frame for those that agreed on compression, whoever asked for it first.
    func deflated(_ frame: SharedFrame) -> SharedFrame {
        frame.deflated(by: { deflater }, minimumByteCount: limits.minimumDeflatedByteCount)
    }
}
