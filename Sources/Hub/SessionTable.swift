// SPDX-License-Identifier: Apache-2.0

import Channels
import HubLink

/// Where a session lies in the hub's table; used again once the session is gone.
struct SessionSlot: Hashable, Sendable {
    let index: UInt32
}

/// One session as the hub knows it: about 150 bytes for an anonymous viewer of one channel.
struct HubSession: Sendable {
    let link: LinkID
    let id: SessionID
    var identity: SessionIdentity
    var subscriptions: [Subscription] = []

    /// That the session is a member of a channel, and at which index of its members.
    struct Subscription: Sendable {
        let channel: ChannelSlot
        var memberIndex: UInt32
    }
}

/// Every session of the node, by link and id.
struct SessionTable: Sendable {
    private struct Link: Sendable {
        var hello: WorkerMessage.Hello?
        var takesNotices = false
        var sessions: [SessionID: SessionSlot] = [:]
    }

    private var sessions: [HubSession?] = []
    private var freeSlots: [SessionSlot] = []
    private var links: [LinkID: Link] = [:]

    var count: Int { sessions.count - freeSlots.count }

    mutating func open(_ link: LinkID) {
        links[link] = Link()
    }

    /// Forgets the link and answers the sessions that came over it; they are still in the table.
    mutating func close(_ link: LinkID) -> [SessionSlot] {
        links.removeValue(forKey: link).map { Array($0.sessions.values) } ?? []
    }

    // Answers facts and never a `Link`: a copy of one, still alive at the next attach, would make
    // that copy the link's whole dictionary.

    func isOpen(_ link: LinkID) -> Bool { links.keys.contains(link) }

    func hello(of link: LinkID) -> WorkerMessage.Hello? { links[link]?.hello }

    /// The links over which messages may go.
    var greetedLinks: [LinkID] { links.filter { $0.value.hello != nil }.map(\.key) }

    func links(of hello: WorkerMessage.Hello) -> [LinkID] {
        links.filter { $0.value.hello == hello }.map(\.key)
    }

    /// The link of the worker with the lowest index of those that take notices.
    var noticeTaker: LinkID? {
        links.filter(\.value.takesNotices)
            .min { ($0.value.hello?.worker ?? 0) < ($1.value.hello?.worker ?? 0) }?.key
    }

    mutating func setNoticeTaking(_ link: LinkID, _ takes: Bool) {
        links[link]?.takesNotices = takes
    }

    /// Every session of a user.
    func sessions(of user: String) -> [HubSession] {
        sessions.compactMap { $0 }.filter { $0.identity.info.user == user }
    }

    mutating func greet(_ link: LinkID, _ hello: WorkerMessage.Hello) {
        links[link]?.hello = hello
        links[link]?.takesNotices = hello.takesNotices
    }

    /// The session's slot; nil where there is no such session.
    func slot(_ link: LinkID, _ id: SessionID) -> SessionSlot? {
        links[link]?.sessions[id]
    }

    subscript(slot: SessionSlot) -> HubSession? { sessions[Int(slot.index)] }

    mutating func insert(_ session: HubSession) -> SessionSlot {
        let slot: SessionSlot
        if let free = freeSlots.popLast() {
            slot = free
            sessions[Int(slot.index)] = session
        } else {
            slot = SessionSlot(index: UInt32(sessions.count))
            sessions.append(session)
        }
        links[session.link]?.sessions[session.id] = slot
        return slot
    }

    mutating func setIdentity(_ identity: SessionIdentity, of slot: SessionSlot) {
        sessions[Int(slot.index)]?.identity = identity
    }

    mutating func remove(_ slot: SessionSlot) {
        guard let session = self[slot] else { return }
        links[session.link]?.sessions[session.id] = nil
        sessions[Int(slot.index)] = nil
        freeSlots.append(slot)
    }

    func subscription(of slot: SessionSlot, to channel: ChannelSlot) -> HubSession.Subscription? {
        sessions[Int(slot.index)]?.subscriptions.first { $0.channel == channel }
    }

    mutating func addSubscription(
        _ subscription: HubSession.Subscription,
        to slot: SessionSlot
    ) {
        sessions[Int(slot.index)]?.subscriptions.append(subscription)
    }

    mutating func removeSubscription(of slot: SessionSlot, to channel: ChannelSlot) {
        sessions[Int(slot.index)]?.subscriptions.removeAll { $0.channel == channel }
    }

    /// The session lies at another index of the channel's members now.
    mutating func moveSubscription(
        of slot: SessionSlot,
        to channel: ChannelSlot,
        memberIndex: UInt32
    ) {
        let index = Int(slot.index)
        guard
            let position = sessions[index]?.subscriptions.firstIndex(where: {
                $0.channel == channel
            })
        else { return }
        sessions[index]?.subscriptions[position].memberIndex = memberIndex
    }
}
