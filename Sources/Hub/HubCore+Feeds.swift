// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import Journal
import Manifest

extension HubCore {
    /// Publishes one JSON value on a feed or a user's channel.
    ///
    /// Answers its place; nil where the channel keeps no history.
    ///
    /// - Throws: error 102 for no channel, 107 for a stream's channel, 106 where no more channels
    ///   may keep publications.
    mutating func publish(
        _ data: [UInt8],
        on channel: String,
        from slot: SessionSlot,
        as request: RequestID
    ) throws(ErrorReply) -> Position? {
        let (name, rule) = try rule(for: channel)
        if case .live = name.kind {
            throw ErrorReply(.badRequest, "a stream's channel takes comments only")
        }
        guard let info = sessions[slot]?.identity.info else { return nil }
        let publisher = Encoder.clientInfo(info)
        let handling: PublicationHandling = rule.retention == .latest ? .latest : .message
        if rule.hasHistory || rule.retention == .latest { try requireWritable() }
        if rule.hasHistory {
            try requireRoom(for: channel)
            return append(.event, on: channel, handling) { [now] position in
                Encoder.publication(
                    data: data,
                    offset: position.offset,
                    info: publisher,
                    time: now
                )
            }
        }
        let json = Encoder.publication(data: data, info: publisher, time: now)
        if rule.retention == .latest {
            try requireRoom(for: channel)
            record(.latest(channel: channel, LatestValue(at: now, json: json)))
            deadlines.schedule(.latest(channel: channel), at: now + lifetime(ofLatest: rule))
            tell(json, offset: 0, on: channel, handling)
            return nil
        }
        // Nothing is recorded: the workers know what they have delivered.
        let origin = sessions[slot].flatMap { sessions.hello(of: $0.link) }
            .map { HubMessage.Origin(incarnation: $0.incarnation, request: request) }
        tell(json, offset: 0, on: channel, handling, origin: origin)
        return nil
    }

    /// Gives the channel's next position to a publication, records it and tells the subscribers.
    @discardableResult
    mutating func append(
        _ kind: ChannelLog.Entry.Kind,
        on channel: String,
        _ handling: PublicationHandling,
        encode: (Position) -> [UInt8]
    ) -> Position {
        let last = position(of: channel)
        let epoch = last.epoch.isEmpty ? epochs.epoch() : last.epoch
        let position = Position(epoch: epoch, offset: last.offset + 1)
        let json = encode(position)
        record(.publication(channel: channel, position, .init(at: now, kind: kind, json: json)))
        if let expiry = state.logs[channel]?.nextExpiry {
            deadlines.schedule(.log(channel: channel), at: expiry)
        }
        tell(json, offset: position.offset, on: channel, handling)
        return position
    }

    mutating func tell(
        _ json: [UInt8],
        offset: UInt64,
        on channel: String,
        _ handling: PublicationHandling,
        origin: HubMessage.Origin? = nil
    ) {
        guard let links = channels.channel(named: channel)?.links else { return }
        broadcast(
            .publication(
                .init(
                    channel: channel,
                    offset: offset,
                    json: json,
                    handling: handling,
                    origin: origin
                )
            ),
            to: links
        )
    }

    /// A page of history.
    ///
    /// - Throws: error 108 where the channel keeps none, 112 for a position of another epoch.
    func history(_ wanted: HubRequest.History) throws(ErrorReply) -> HubReply.PublicationList {
        let (name, rule) = try rule(for: wanted.channel)
        guard rule.hasHistory else { throw ErrorReply(.notAvailable) }
        let position = position(of: name.text)
        if let since = wanted.since, !since.epoch.isEmpty, since.epoch != position.epoch {
            throw ErrorReply(.unrecoverablePosition)
        }
        // A negative limit asks for all there is, in other servers of the protocol.
        let most = options.hub.maximumHistoryLimit
        let publications = state.logs[name.text]?.page(
            since: wanted.since?.offset,
            limit: wanted.limit < 0 ? most : min(wanted.limit, most),
            reverse: wanted.reverse,
            maximumByteCount: options.maximumAnswerByteCount
        )
        return .init(
            epoch: position.epoch,
            offset: position.offset,
            publications: publications ?? []
        )
    }

    /// Who is subscribed: client id → ClientInfo as JSON text.
    ///
    /// - Throws: error 108 where the channel's rule has no presence, 106 where there are too many
    ///   to list.
    func presence(on channel: String) throws(ErrorReply) -> [UInt8] {
        let members = try presenceMembers(of: channel)
        var clients: [(client: ClientID, info: [UInt8])] = []
        var byteCount = 0
        for member in members?.members ?? [] {
            guard let identity = sessions[member]?.identity, identity.isViewer else { continue }
            let info = Encoder.clientInfo(
                identity.info,
                channelInfo: members?.channelInfo(of: member) ?? []
            )
            byteCount += info.count + 40
            guard byteCount <= options.maximumAnswerByteCount else {
                throw ErrorReply(.limitExceeded, "too many to list; ask for presence_stats")
            }
            clients.append((identity.info.client, info))
        }
        return Encoder.presence(clients)
    }

    /// How many clients are subscribed, and how many distinct users; anonymous ones are one each.
    ///
    /// - Throws: error 108 where the channel's rule has no presence.
    mutating func presenceStats(
        on channel: String
    ) throws(ErrorReply) -> (clients: Int, users: Int) {
        guard let members = try presenceMembers(of: channel),
            let slot = channels.slot(named: channel)
        else { return (0, 0) }
        let clients = members.viewerCount
        if clients > HubOptions.cheapUserCount, let last = members.userCount,
            last.at + HubOptions.userCountAge > now
        {
            return (clients, min(last.count, clients))
        }
        var users: Set<UInt64> = []
        for member in members.members {
            guard let identity = sessions[member]?.identity, identity.isViewer else { continue }
            users.insert(Author(identity.info).digest)
        }
        channels.setUserCount(users.count, at: now, of: slot)
        return (clients, users.count)
    }

    /// Forgets a log that holds nothing and that nobody reads; a known stream's stays.
    mutating func dropIdleLog(of channel: String) {
        guard let log = state.logs[channel], log.count == 0,
            !state.unloadedLogs.contains(channel),
            channels.slot(named: channel) == nil, stream(ofChannel: channel) == nil
        else { return }
        guard !isReadOnly else { return postpone(.log(channel: channel)) }
        record(.channelDropped(channel))
    }

    func lifetime(ofLatest rule: ChannelRule) -> Duration {
        rule.historyLifetime > .zero ? rule.historyLifetime : HubOptions.latestValueLifetime
    }

    /// The known stream whose channel this is.
    private func stream(ofChannel channel: String) -> String? {
        guard let name = try? ChannelName(channel), case .live(let stream) = name.kind,
            state.streams[stream] != nil
        else { return nil }
        return stream
    }

    private func requireRoom(for channel: String) throws(ErrorReply) {
        guard state.logs[channel] == nil, state.latestValues[channel] == nil else { return }
        guard state.logs.count + state.latestValues.count < options.hub.maximumChannels else {
            throw ErrorReply(.limitExceeded, "too many channels keep publications")
        }
    }

    private func presenceMembers(
        of channel: String
    ) throws(ErrorReply) -> SubscribedChannel? {
        let (name, rule) = try rule(for: channel)
        guard rule.hasPresence else { throw ErrorReply(.notAvailable) }
        return channels.channel(named: name.text)
    }
}
