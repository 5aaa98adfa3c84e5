// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import Journal
import Live
import Manifest

extension HubCore {
    /// A channel and what may be done on it.
    ///
    /// - Throws: error 102 for a name that is none, or that no rule allows.
    func rule(
        for channel: String
    ) throws(ErrorReply) -> (name: ChannelName, rule: ChannelRule) {
        let name: ChannelName
        do {
            name = try ChannelName(channel)
        } catch {
            throw ErrorReply(.unknownChannel, error.description)
        }
        guard let rule = options.rules.rule(for: name) else { throw ErrorReply(.unknownChannel) }
        return (name, rule)
    }

    /// Subscribes, answers, and only then lets the channel know.
    ///
    /// A session that is subscribed already is answered anew: its worker knows best.
    mutating func subscribe(
        _ slot: SessionSlot,
        _ wanted: HubRequest.Subscribe,
        _ request: RequestID,
        _ link: LinkID
    ) throws(ErrorReply) {
        let (name, rule) = try rule(for: wanted.channel)
        let channel = try openChannel(name, rule)
        let isNew = join(slot, channel, link, channelInfo: [])
        let reply = subscribed(name, rule, wanted)
        send(.reply(request, .success(.subscribed(reply))), to: link)
        if isNew { announce(slot, channel, .join) }
    }

    /// Ends a subscription, if there is one.
    mutating func unsubscribe(_ slot: SessionSlot, from channel: String) {
        guard let channel = channels.slot(named: channel),
            sessions.subscription(of: slot, to: channel) != nil
        else { return }
        leave(slot, channel)
    }

    mutating func leave(_ slot: SessionSlot, _ channel: ChannelSlot) {
        guard let session = sessions[slot], let name = channels[channel]?.name,
            let subscription = sessions.subscription(of: slot, to: channel)
        else { return }
        announce(slot, channel, .leave)
        let index = subscription.memberIndex
        let moved = channels.removeMember(
            at: index,
            link: session.link,
            isViewer: session.identity.isViewer,
            from: channel
        )
        if let moved {
            sessions.moveSubscription(of: moved, to: channel, memberIndex: index)
        }
        sessions.removeSubscription(of: slot, to: channel)
        if case .live(let stream) = name.kind { changedAudiences.insert(stream) }
        if channels[channel]?.members.isEmpty == true { closeChannel(channel, name) }
    }

    /// A worker's account of one channel, on a new link.
    mutating func resume(_ resumption: WorkerMessage.Resumption, _ link: LinkID) {
        let members = resumption.subscribers.compactMap { subscriber in
            sessions.slot(link, subscriber.session).map { ($0, subscriber.channelInfo) }
        }
        guard !members.isEmpty else { return }
        guard let (name, rule) = try? rule(for: resumption.channel),
            let channel = try? openChannel(name, rule)
        else { return send(.positionLost(channel: resumption.channel), to: link) }
        if let position = resumption.position, rule.hasHistory {
            adoptEpoch(position, of: name.text, channel)
            catchUp(link, with: name.text, since: position)
        }
        for (slot, channelInfo) in members {
            guard join(slot, channel, link, channelInfo: channelInfo) else { continue }
            announce(slot, channel, .join)
        }
    }

    /// Where the channel stands.
    ///
    /// A channel without publications has a position once it has subscribers; before, its epoch
    /// is empty, for nobody needs to remember it.
    func position(of channel: String) -> Position {
        if let log = state.logs[channel] { return log.position }
        return Position(epoch: channels.channel(named: channel)?.epoch ?? "", offset: 0)
    }

    private mutating func openChannel(
        _ name: ChannelName,
        _ rule: ChannelRule
    ) throws(ErrorReply) -> ChannelSlot {
        if let slot = channels.slot(named: name.text) { return slot }
        guard channels.count < options.hub.maximumChannels else {
            throw ErrorReply(.limitExceeded, "too many channels have subscribers")
        }
        let epoch = state.logs[name.text]?.epoch ?? (rule.hasHistory ? epochs.epoch() : "")
        return channels.open(SubscribedChannel(name: name, rule: rule, epoch: epoch))
    }

    /// The last subscriber has left: what holds nothing is not kept.
    private mutating func closeChannel(_ channel: ChannelSlot, _ name: ChannelName) {
        channels.close(channel)
        dropIdleLog(of: name.text)
    }

    /// Answers whether the session was not subscribed before.
    private mutating func join(
        _ slot: SessionSlot,
        _ channel: ChannelSlot,
        _ link: LinkID,
        channelInfo: [UInt8]
    ) -> Bool {
        guard sessions.subscription(of: slot, to: channel) == nil,
            let index = channels.add(
                slot,
                link: link,
                channelInfo: channelInfo,
                isViewer: sessions[slot]?.identity.isViewer ?? true,
                to: channel
            )
        else { return false }
        sessions.addSubscription(.init(channel: channel, memberIndex: index), to: slot)
        if case .live(let stream) = channels[channel]?.name.kind { viewerCame(slot, stream) }
        return true
    }

    /// Joins and leaves, where the channel's rule wants them told.
    private mutating func announce(
        _ slot: SessionSlot,
        _ channel: ChannelSlot,
        _ change: HubMessage.PresenceChange
    ) {
        guard let to = channels[channel], to.rule.announcesJoinLeave,
            let session = sessions[slot], session.identity.isViewer
        else { return }
        let info = Encoder.clientInfo(
            session.identity.info,
            channelInfo: to.channelInfo(of: slot)
        )
        broadcast(.presenceChange(channel: to.name.text, change, info: info), to: to.links)
    }

    private func subscribed(
        _ name: ChannelName,
        _ rule: ChannelRule,
        _ wanted: HubRequest.Subscribe
    ) -> HubReply.Subscribed {
        let recovers = wanted.recover != nil || wanted.wantsRecovery
        let isRecoverable =
            rule.hasHistory
            && (rule.recovery == .forced || rule.recovery == .onRequest && recovers)
        let isPositioned =
            isRecoverable || rule.hasHistory && rule.recovery != .off && wanted.wantsPosition
        var publications: [[UInt8]] = []
        var recovered: Bool?
        if rule.retention == .latest {
            publications = state.latestValues[name.text].map { [$0.json] } ?? []
        } else if isRecoverable, let position = wanted.recover {
            let missed = missed(on: name.text, since: position)
            recovered = missed != nil
            publications = missed?.map(\.json) ?? []
        }
        let position = isPositioned ? position(of: name.text) : Position(epoch: "", offset: 0)
        return HubReply.Subscribed(
            isPositioned: isPositioned,
            isRecoverable: isRecoverable,
            recovered: recovered,
            missed: .init(
                epoch: position.epoch,
                offset: position.offset,
                publications: publications
            ),
            data: snapshotData(of: name)
        )
    }

    /// All that a reader at `position` missed, or nil.
    private func missed(
        on channel: String,
        since position: Position
    ) -> [(offset: UInt64, json: [UInt8])]? {
        guard let log = state.logs[channel] else {
            return position == self.position(of: channel) ? [] : nil
        }
        let missed = log.missed(
            since: position,
            maximumByteCount: options.maximumAnswerByteCount
        )
        return missed.flatMap { $0.count <= options.hub.maximumHistoryLimit ? $0 : nil }
    }

    /// A hub that starts anew knows no epoch of a channel without publications; the worker does.
    private mutating func adoptEpoch(
        _ position: Position,
        of name: String,
        _ channel: ChannelSlot
    ) {
        guard position.offset == 0, !position.epoch.isEmpty, state.logs[name] == nil,
            channels[channel]?.members.isEmpty == true
        else { return }
        channels.setEpoch(position.epoch, of: channel)
    }

    /// Sends what the worker's subscribers missed while it had no link, or says that it is lost.
    private mutating func catchUp(
        _ link: LinkID,
        with channel: String,
        since position: Position
    ) {
        guard let missed = missed(on: channel, since: position) else {
            return send(.positionLost(channel: channel), to: link)
        }
        for (offset, json) in missed {
            send(.publication(.init(channel: channel, offset: offset, json: json)), to: link)
        }
    }
}
