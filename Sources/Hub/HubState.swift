// SPDX-License-Identifier: Apache-2.0

package import Channels
package import Journal
package import Live
import Manifest

/// Everything of the hub that outlives its process.
///
/// It changes in two ways alone: by `apply` of a record, and by expiry, which follows from the time
/// and therefore needs no record.
package struct HubState: Equatable, Sendable {
    private let options: HubOptions
    package private(set) var streams: [String: LiveStream] = [:]
    /// The ids of `streams`, sorted, for pages of `live.list`.
    package private(set) var streamIDs: [String] = []
    package private(set) var logs: [String: ChannelLog] = [:]
    /// Channels whose log lacks what the journal has of it; see `load`.
    package private(set) var unloadedLogs: Set<String> = []
    package private(set) var latestValues: [String: LatestValue] = [:]
    package private(set) var mutes: [String: MuteTable] = [:]
    /// Of the running streams.
    package private(set) var audiences: [String: Audience] = [:]
    package private(set) var answers: AnswerCache<IdempotencyKey>
    /// To requests that a worker may ask again because the answer did not reach it.
    package private(set) var requestAnswers: AnswerCache<RequestKey>
    /// What plugins keep, by the plugin's name.
    package private(set) var stores: [String: PluginStore] = [:]
    /// What plugins are still to be told, oldest first.
    package private(set) var notices: [PluginNotice] = []
    package private(set) var revocations = RevocationTable()
    /// The highest generation of any forgotten stream.
    package private(set) var generationFloor: UInt64 = 0

    package init(options: HubOptions) {
        self.options = options
        answers = AnswerCache(
            window: options.live.idempotencyWindow,
            maximumCount: options.live.maximumIdempotencyKeys
        )
        requestAnswers = AnswerCache(
            window: options.requestWindow,
            maximumCount: HubOptions.maximumRequestAnswers
        )
    }

    /// What a journal holds, without the publications; `load` brings a channel's.
    package init(options: HubOptions, journal: Journal) throws(JournalError) {
        self.init(options: options)
        for record in try journal.restore() { apply(record) }
    }

    package static func == (left: HubState, right: HubState) -> Bool {
        left.streams == right.streams && left.streamIDs == right.streamIDs
            && left.logs == right.logs && left.latestValues == right.latestValues
            && left.mutes == right.mutes && left.audiences == right.audiences
            && left.answers == right.answers && left.requestAnswers == right.requestAnswers
            && left.generationFloor == right.generationFloor
            && left.stores == right.stores && left.notices == right.notices
            && left.revocations == right.revocations
    }

    package mutating func apply(_ record: JournalRecord) {
        switch record {
        case .channel(let channel, let position):
            open(channel, at: position)
        case .publication(let channel, let position, let entry):
            append(entry, at: position, to: channel)
        case .replaced(let channel, let offset, let kind, let json):
            logs[channel]?.replace(at: offset, kind: kind, json: json)
        case .latest(let channel, let value):
            latestValues[channel] = value
        case .channelDropped(let channel):
            logs[channel] = nil
            unloadedLogs.remove(channel)
            latestValues[channel] = nil
        case .stream(let stream):
            put(stream)
        case .streamForgotten(let id, let generation):
            forget(id, generation: generation)
        case .audience(let stream, let generation, let users, let peak):
            guard streams[stream]?.generation == generation else { return }
            audiences[stream]?.see(users, peak: peak)
        case .muted(let stream, let user, let mute):
            mutes[stream, default: MuteTable()].set(mute, for: user)
        case .unmuted(let stream, let user):
            mutes[stream]?.lift(user)
            if mutes[stream]?.isEmpty == true { mutes[stream] = nil }
        case .answered(let key, let result, let at):
            answers.remember(result, for: key, at: at)
        case .requestAnswered(let key, let result, let at):
            requestAnswers.remember(result, for: key, at: at)
        case .stored(let plugin, let key, let value):
            stores[plugin, default: PluginStore()].set(value, for: key)
        case .unstored(let plugin, let key):
            stores[plugin]?.remove(key)
        case .noticed(let notice):
            if !notices.contains(where: { $0.id == notice.id }) { notices.append(notice) }
        case .noticeDone(let id):
            notices.removeAll { $0.id == id }
        case .revoked(let revocation):
            revocations.add(revocation)
        }
    }

    /// A channel that the journal has, with what it holds still to be loaded.
    private mutating func open(_ channel: String, at position: Position) {
        guard logs[channel]?.epoch != position.epoch, let limits = logLimits(of: channel) else {
            return
        }
        logs[channel] = ChannelLog(
            epoch: position.epoch,
            limits: limits,
            topOffset: position.offset
        )
        if position.offset > 0 { unloadedLogs.insert(channel) }
    }

    private mutating func append(
        _ entry: ChannelLog.Entry,
        at position: Position,
        to channel: String
    ) {
        if logs[channel]?.epoch != position.epoch {
            guard let limits = logLimits(of: channel) else { return }
            unloadedLogs.remove(channel)
            logs[channel] = ChannelLog(
                epoch: position.epoch,
                limits: limits,
                topOffset: position.offset - 1
            )
        }
        guard let top = logs[channel]?.topOffset, position.offset == top + 1 else { return }
        logs[channel]?.append(entry)
        if case .comment(_, let generation) = entry.kind { countComment(channel, generation) }
    }

    private mutating func countComment(_ channel: String, _ generation: UInt64) {
        guard let name = try? ChannelName(channel), case .live(let stream) = name.kind,
            streams[stream]?.generation == generation
        else { return }
        streams[stream]?.commentCount += 1
    }

    /// nil where the manifest keeps no history of the channel any more.
    private func logLimits(of channel: String) -> ChannelLog.Limits? {
        guard let name = try? ChannelName(channel), let rule = options.rules.rule(for: name),
            rule.hasHistory
        else { return nil }
        return options.logLimits(of: rule)
    }

    private mutating func put(_ stream: LiveStream) {
        let previous = streams.updateValue(stream, forKey: stream.id)
        if previous == nil {
            streamIDs.insert(stream.id, at: streamIDs.firstIndex(after: stream.id))
        }
        if !stream.isRunning {
            audiences[stream.id] = nil
        } else if previous?.generation != stream.generation || previous?.isRunning != true {
            audiences[stream.id] = Audience()
        }
    }

    private mutating func forget(_ id: String, generation: UInt64) {
        generationFloor = max(generationFloor, generation)
        guard streams.removeValue(forKey: id) != nil else { return }
        streamIDs.remove(at: streamIDs.firstIndex(after: id) - 1)
        audiences[id] = nil
        mutes[id] = nil
        if let channel = ChannelName(stream: id) { apply(.channelDropped(channel.text)) }
    }
}

extension HubState {
    /// Where the part of a channel's log that the journal alone has ends; nil where all is here.
    package func unloadedEnd(of channel: String) -> UInt64? {
        guard unloadedLogs.contains(channel), let log = logs[channel] else { return nil }
        return log.oldestOffset
    }

    /// Puts what the journal has of a channel before what was published since the start.
    package mutating func load(_ entries: [ChannelLog.Entry], of channel: String) {
        guard unloadedLogs.remove(channel) != nil else { return }
        logs[channel]?.prepend(entries)
    }

    /// Drops what is too old in the channel's log and answers when it is to be looked at again.
    mutating func expireLog(of channel: String, now: Timestamp) -> Timestamp? {
        logs[channel]?.expire(now: now)
        return logs[channel]?.nextExpiry
    }

    /// Lifts the stream's timeouts that are over and answers when the next will be.
    mutating func expireMutes(of stream: String, now: Timestamp) -> Timestamp? {
        mutes[stream]?.expire(now: now)
        if mutes[stream]?.isEmpty == true { mutes[stream] = nil }
        return mutes[stream]?.nextExpiry
    }

    mutating func expireAnswers(now: Timestamp) -> Timestamp? {
        answers.expire(now: now)
        requestAnswers.expire(now: now)
        return nextAnswerExpiry
    }

    /// Forgets the revocations that are over and answers when the next will be.
    mutating func expireRevocations(now: Timestamp) -> Timestamp? {
        revocations.expire(now: now)
        return revocations.nextExpiry
    }

    var nextAnswerExpiry: Timestamp? {
        [answers.nextExpiry, requestAnswers.nextExpiry].compactMap { $0 }.min()
    }

    /// Drops everything that is too old.
    package mutating func expire(now: Timestamp) {
        for channel in logs.keys { _ = expireLog(of: channel, now: now) }
        for stream in mutes.keys { _ = expireMutes(of: stream, now: now) }
        _ = expireAnswers(now: now)
        _ = expireRevocations(now: now)
    }
}

extension [String] {
    /// In a sorted array: the index of the first element that is not less than `text`.
    func firstIndex(from text: String) -> Int {
        let behind = firstIndex(after: text)
        return behind > 0 && self[behind - 1] == text ? behind - 1 : behind
    }

    /// In a sorted array: the index of the first element that is greater than `text`.
    func firstIndex(after text: String) -> Int {
        var range = startIndex..<endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if self[middle] > text {
                range = range.lowerBound..<middle
            } else {
                range = (middle + 1)..<range.upperBound
            }
        }
        return range.lowerBound
    }
}
