// SPDX-License-Identifier: Apache-2.0

import Channels
import Reactor
import WebServer

/// From a batch to frames in sockets.
extension ChannelAudience {
    /// Closes the batch and begins to send it: at once to those that need a frame of their own.
    ///
    /// - Returns: how many deliveries it made.
    func beginWalk(through server: WebServer) -> Int {
        guard let outbox else { return 0 }
        let batch = outbox.batch
        outbox.batch = PushBatch()
        outbox.isUrgent = false
        outbox.work = .zero
        guard !list.isEmpty else { return 0 }
        var deliveries = 0
        var shared: (mark: PushBatch.Mark, frame: FanOutFrame?)?
        list.beginWalk { session, mark in
            // Members that came between the same two pushes share their bytes, too.
            if shared?.mark != mark {
                shared = (mark, personalFrame(batch.payload(on: name.text, since: mark)))
            }
            guard let frame = shared?.frame else { return }
            session.push(frame)
            deliveries += 1
        }
        deliveries += serveAuthors(of: batch)
        let log = batch.log(on: name.text)
        guard !log.isEmpty || !batch.latestPayload.isEmpty else {
            _ = list.nextSlice(maximumCount: .max)
            return deliveries
        }
        outbox.frame = FanOutFrame(
            log: log,
            latest: batch.latestPayload,
            key: conflationKey,
            position: position
        )
        return deliveries
    }

    /// Sends the next slice of the batch.
    ///
    /// - Returns: how many members it looked at, which is how many deliveries it made.
    func walk(through server: WebServer, maximumCount: Int) -> Int {
        guard let frame = outbox?.frame else { return 0 }
        let slice = list.nextSlice(maximumCount: maximumCount)
        server.send(frame.whole, to: list.connections, slice) { index in
            list.members[index].push(frame)
        }
        if !list.isWalking { outbox?.frame = nil }
        return slice.count
    }

    /// Sends all that waits, whole.
    ///
    /// - Returns: how many deliveries it made.
    func flush(through server: WebServer) -> Int {
        var deliveries = walk(through: server, maximumCount: .max)
        guard let outbox, !outbox.batch.isEmpty else { return deliveries }
        deliveries += beginWalk(through: server)
        return deliveries + walk(through: server, maximumCount: .max)
    }

    /// Authors whose comments were left out for the others get them in their place.
    private func serveAuthors(of batch: PushBatch) -> Int {
        var deliveries = 0
        var rest = batch.ownComments[...]
        while let author = rest.first?.author {
            let own = rest.filter { $0.author === author }
            rest = rest.filter { $0.author !== author }[...]
            guard !author.isClosed,
                let index = author.subscriptions.firstIndex(where: { $0.channel === self }),
                let memberIndex = author.subscriptions[index].memberIndex,
                list.serve(at: memberIndex, moved: { place($0, at: $1) }),
                let frame = personalFrame(batch.payload(on: name.text, own: own))
            else { continue }
            author.push(frame)
            deliveries += 1
        }
        return deliveries
    }

    private func personalFrame(_ payload: [UInt8]) -> FanOutFrame? {
        payload.isEmpty
            ? nil
            : FanOutFrame(log: payload, latest: [], key: conflationKey, position: position)
    }
}
