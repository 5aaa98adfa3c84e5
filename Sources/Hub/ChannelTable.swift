// SPDX-License-Identifier: Apache-2.0

import Channels

/// Where a channel with subscribers lies in the hub's table.
struct ChannelSlot: Hashable, Sendable {
    let index: UInt32
}

/// A channel that has subscribers now.
struct SubscribedChannel: Sendable {
    let name: ChannelName
    let rule: ChannelRule
    /// The epoch of the log that its first publication will open.
    var epoch: String
    /// In no order: a member that leaves is replaced by the last.
    private(set) var members: [SessionSlot] = []
    /// Members that do not count as viewers.
    private(set) var observerCount = 0
    /// The links that have members, and how many each has.
    private(set) var links: [LinkID] = []
    private var memberCounts: [Int] = []
    /// `chan_info` of those members that have one.
    private var memberInfo: [SessionSlot: [UInt8]] = [:]
    /// The last count of distinct users.
    var userCount: (count: Int, at: Timestamp)?

    init(name: ChannelName, rule: ChannelRule, epoch: String) {
        self.name = name
        self.rule = rule
        self.epoch = epoch
    }

    var viewerCount: Int { members.count - observerCount }

    func channelInfo(of member: SessionSlot) -> [UInt8] { memberInfo[member] ?? [] }

    /// Answers the member's index.
    mutating func add(
        _ member: SessionSlot,
        link: LinkID,
        channelInfo: [UInt8],
        isViewer: Bool
    ) -> UInt32 {
        members.append(member)
        if !isViewer { observerCount += 1 }
        if let position = links.firstIndex(of: link) {
            memberCounts[position] += 1
        } else {
            links.append(link)
            memberCounts.append(1)
        }
        if !channelInfo.isEmpty { memberInfo[member] = channelInfo }
        return UInt32(members.count - 1)
    }

    /// Answers the member that took the place of the one removed.
    mutating func remove(at index: UInt32, link: LinkID, isViewer: Bool) -> SessionSlot? {
        let index = Int(index)
        if !isViewer { observerCount -= 1 }
        memberInfo[members[index]] = nil
        let last = members.removeLast()
        if let position = links.firstIndex(of: link) {
            memberCounts[position] -= 1
            if memberCounts[position] == 0 {
                links.remove(at: position)
                memberCounts.remove(at: position)
            }
        }
        guard index < members.count else { return nil }
        members[index] = last
        return last
    }
}

/// Every channel that has subscribers.
struct ChannelTable: Sendable {
    private var channels: [SubscribedChannel?] = []
    private var freeSlots: [ChannelSlot] = []
    private var slots: [String: ChannelSlot] = [:]

    var count: Int { slots.count }

    func slot(named name: String) -> ChannelSlot? { slots[name] }

    subscript(slot: ChannelSlot) -> SubscribedChannel? { channels[Int(slot.index)] }

    func channel(named name: String) -> SubscribedChannel? {
        slots[name].flatMap { channels[Int($0.index)] }
    }

    func viewerCount(of name: String) -> Int {
        guard let slot = slots[name] else { return 0 }
        return channels[Int(slot.index)]?.viewerCount ?? 0
    }

    mutating func open(_ channel: SubscribedChannel) -> ChannelSlot {
        let slot: ChannelSlot
        if let free = freeSlots.popLast() {
            slot = free
            channels[Int(slot.index)] = channel
        } else {
            slot = ChannelSlot(index: UInt32(channels.count))
            channels.append(channel)
        }
        slots[channel.name.text] = slot
        return slot
    }

    mutating func close(_ slot: ChannelSlot) {
        guard let channel = self[slot] else { return }
        slots[channel.name.text] = nil
        channels[Int(slot.index)] = nil
        freeSlots.append(slot)
    }

    mutating func add(
        _ member: SessionSlot,
        link: LinkID,
        channelInfo: [UInt8],
        isViewer: Bool,
        to slot: ChannelSlot
    ) -> UInt32? {
        channels[Int(slot.index)]?.add(
            member,
            link: link,
            channelInfo: channelInfo,
            isViewer: isViewer
        )
    }

    /// Answers the member that took the place of the one removed.
    mutating func removeMember(
        at index: UInt32,
        link: LinkID,
        isViewer: Bool,
        from slot: ChannelSlot
    ) -> SessionSlot? {
        channels[Int(slot.index)]?.remove(at: index, link: link, isViewer: isViewer) ?? nil
    }

    mutating func setEpoch(_ epoch: String, of slot: ChannelSlot) {
        channels[Int(slot.index)]?.epoch = epoch
    }

    mutating func setUserCount(_ count: Int, at now: Timestamp, of slot: ChannelSlot) {
        channels[Int(slot.index)]?.userCount = (count, now)
    }
}
