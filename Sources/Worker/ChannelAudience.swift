// SPDX-License-Identifier: Apache-2.0

import Channels
import HubLink
import Reactor
import WebServer

/// A channel's subscribers on this worker, and what waits to be sent to them.
final class ChannelAudience {
    let name: ChannelName
    /// Names this channel's replaceable frames in its members' queues.
    let conflationKey: ConflationKey
    var list = AudienceMembers<Session>()
    /// Members that asked for join and leave pushes.
    private(set) var joinLeaveCount = 0
    /// Subscribe requests that the hub has not answered; they keep the audience in its table.
    var pendingCount = 0
    /// The channel's epoch and the newest offset handed to the members; nil without history.
    var position: Position?
    /// The newest publications, from which recoveries are answered here; nil until known.
    var recent: ChannelLog?
    /// Offsets in `recent` of comments that the members were not shown, in order.
    var leftOut: [UInt64] = []
    /// Whether a recovery is on its way that will fill `recent`.
    var isFetching = false
    /// Recoveries that wait for it; each holds a reservation of a session, which bounds them.
    var waiting: [ClientGateway.WaitingRecovery] = []
    /// What waits to be sent; nil while nothing does and nothing has to be remembered.
    var outbox: Outbox?

    init(name: ChannelName, conflationKey: ConflationKey) {
        self.name = name
        self.conflationKey = conflationKey
    }

    var isUnused: Bool { list.isEmpty && pendingCount == 0 }
    var members: [Session] { list.members }

    /// Lets a session in; what was said before is not for it.
    func admit(_ session: Session, subscriptionIndex: Int) {
        session.subscriptions[subscriptionIndex].place = .member(index: Int32(list.count))
        let batch = outbox?.batch
        let mark = batch.flatMap { $0.isEmpty ? nil : $0.mark }
        list.append(session, session.directConnection, mark: mark)
        if session.subscriptions[subscriptionIndex].traits.contains(.joinLeave) {
            joinLeaveCount += 1
        }
    }

    /// Takes a session out; what it was not sent yet it is not sent any more.
    ///
    /// It stopped before that was said, as far as it knows its position, and recovers it.
    func dismiss(_ subscription: Subscription) {
        guard let memberIndex = subscription.memberIndex else {
            pendingCount -= 1
            return
        }
        if subscription.traits.contains(.joinLeave) { joinLeaveCount -= 1 }
        list.remove(at: memberIndex) { place($0, at: $1) }
    }

    /// Lets frames go straight to a member whose `connect` has been answered.
    func connected(_ session: Session, _ subscription: Subscription) {
        guard let index = subscription.memberIndex else { return }
        list.setConnection(session.directConnection, at: index)
    }

    /// Sends a push to the members that asked for join and leave, behind what already waits.
    ///
    /// - Returns: how many deliveries it made.
    func pushJoinLeave(_ push: [UInt8], through server: WebServer) -> Int {
        guard joinLeaveCount > 0 else { return 0 }
        var deliveries = flush(through: server)
        let frame = FanOutFrame(log: push, latest: [], key: conflationKey)
        for member in list.members {
            guard let index = member.subscriptionIndex(of: name.text),
                member.subscriptions[index].traits.contains(.joinLeave)
            else { continue }
            member.push(frame)
            deliveries += 1
        }
        return deliveries
    }

    func place(_ session: Session, at memberIndex: Int) {
        guard let index = session.subscriptions.firstIndex(where: { $0.channel === self }) else {
            return
        }
        session.subscriptions[index].place = .member(index: Int32(memberIndex))
    }
}
