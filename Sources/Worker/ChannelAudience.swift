// SPDX-License-Identifier: Apache-2.0

import Channels
import WebServer

/// A channel's subscribers on this worker, and what waits to be sent to them.
final class ChannelAudience {
    let name: ChannelName
    private(set) var members: [Session] = []
    /// Members that asked for join and leave pushes.
    private(set) var joinLeaveCount = 0
    /// Subscribe requests that the hub has not answered; they keep the audience in its table.
    var pendingCount = 0
    /// The channel's epoch and the newest offset handed to the members; nil without history.
    var position: Position?
    /// The newest publications, from which recoveries are answered here; nil until known.
    var recent: ChannelLog?
    /// Whether a recovery is on its way that will fill `recent`.
    var isFetching = false
    /// Recoveries that wait for it; each holds a reservation of a session, which bounds them.
    var waiting: [ClientGateway.WaitingRecovery] = []
    /// Pushes of this loop turn, joined by newlines: one frame and one send for all of them.
    private var batch: [UInt8] = []

    init(name: ChannelName) {
        self.name = name
    }

    var isUnused: Bool { members.isEmpty && pendingCount == 0 }
    var hasBatch: Bool { !batch.isEmpty }

    /// Lets a session in; pushes of before go to the others alone.
    func admit(_ session: Session, subscriptionIndex: Int) {
        flush()
        session.subscriptions[subscriptionIndex].place = .member(index: Int32(members.count))
        members.append(session)
        if session.subscriptions[subscriptionIndex].traits.contains(.joinLeave) {
            joinLeaveCount += 1
        }
    }

    /// Takes a session's place and gives it to the last member, so that leaving costs the same in
    /// a channel of any size.
    func dismiss(_ subscription: Subscription) {
        guard let memberIndex = subscription.memberIndex else {
            pendingCount -= 1
            return
        }
        flush()
        if subscription.traits.contains(.joinLeave) { joinLeaveCount -= 1 }
        let moved = members.removeLast()
        guard memberIndex < members.count else { return }
        members[memberIndex] = moved
        if let index = moved.subscriptions.firstIndex(where: { $0.channel === self }) {
            moved.subscriptions[index].place = .member(index: Int32(memberIndex))
        }
    }

    /// Adds a push for all members.
    func enqueue(_ push: [UInt8]) {
        if !batch.isEmpty { batch.append(UInt8(ascii: "\n")) }
        batch.append(contentsOf: push)
    }

    /// Sends what waits: framed once, one send a member.
    ///
    /// - Returns: how many deliveries it made.
    @discardableResult
    func flush() -> Int {
        guard !batch.isEmpty else { return 0 }
        let frame = SharedFrame.text(batch)
        batch.removeAll(keepingCapacity: batch.capacity <= Self.keptBatchByteCount)
        for member in members { member.push(frame) }
        return members.count
    }

    /// Sends a push to the members that asked for join and leave, behind what already waits.
    func pushJoinLeave(_ push: [UInt8]) {
        guard joinLeaveCount > 0 else { return }
        flush()
        let frame = SharedFrame.text(push)
        for member in members {
            guard let index = member.subscriptionIndex(of: name.text),
                member.subscriptions[index].traits.contains(.joinLeave)
            else { continue }
            member.push(frame)
        }
    }

    /// A busy channel's batch buffer is kept from flush to flush; a burst's is given back.
    private static let keptBatchByteCount = 16 << 10
}
