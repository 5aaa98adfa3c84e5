// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import JSON
import Journal
import Live
import Manifest

extension HubCore {
    /// Runs a live command that its worker has decoded and authorized; answers its result as JSON.
    mutating func run(
        _ command: LiveCommand,
        from slot: SessionSlot,
        isModerator: Bool
    ) throws(ErrorReply) -> [UInt8] {
        guard let session = sessions[slot] else { throw ErrorReply(.internal) }
        let user = session.identity.info.user
        switch command {
        case .start(let start): return try self.start(start, by: session)
        case .update(let update): return try self.update(update)
        case .stop(let stop): return try self.stop(stop)
        case .get(let stream): return snapshot(of: try known(stream)).json()
        case .list(let list): return self.list(list)
        case .mode(let mode): return try set(mode)
        case .sendComment(let comment):
            return try send(comment, by: session, isModerator: isModerator)
        case .deleteComment(let stream, let id):
            return try deleteComment(id, on: stream, by: session, isModerator: isModerator)
        case .timeoutUser(let stream, let target, let seconds, let reason):
            return try timeOut(target, on: stream, seconds: seconds, reason: reason, by: user)
        case .banUser(let stream, let target, let reason):
            return try ban(target, on: stream, reason: reason, by: user)
        case .unbanUser(let stream, let target, let reason):
            return try unban(target, on: stream, reason: reason, by: user)
        case .interrupt(let media): return try interrupt(media)
        case .resume(let media): return try resume(media)
        case .cue(let cue): return try self.cue(cue)
        }
    }

    /// - Throws: error 404 for a stream that was never started, or is forgotten.
    func known(_ id: String) throws(ErrorReply) -> LiveStream {
        guard let stream = state.streams[id] else { throw ErrorReply(.unknownStream) }
        return stream
    }

    /// What a subscriber to a stream's channel is told at once; a stream that was never started
    /// is offline, so that a page may wait for it.
    func snapshotData(of channel: ChannelName) -> [UInt8] {
        guard case .live(let id) = channel.kind else { return [] }
        return snapshot(of: state.streams[id] ?? LiveStream(id: id)).json()
    }

    func snapshot(of stream: LiveStream) -> StreamSnapshot {
        StreamSnapshot(of: stream, figures: figures(of: stream))
    }

    /// Tells the stream's subscribers an event that stays in history.
    @discardableResult
    mutating func publish(_ event: LiveEvent, on stream: LiveStream) -> Position? {
        guard let channel = ChannelName(stream: stream.id) else { return nil }
        return append(.event, on: channel.text, .control) { [now] position in
            event.publication(
                offset: position.offset,
                generation: stream.generation,
                at: now
            )
        }
    }

    /// Interrupts or resumes a stream as its broadcasters' connections went or came.
    mutating func checkControl(of id: String) {
        guard var stream = state.streams[id] else { return }
        if controllers.controls(id) {
            guard stream.lifecycle.broadcasterBack() else { return }
            resumed(stream)
        } else {
            guard stream.lifecycle.broadcasterGone(at: now) else { return }
            interrupted(stream)
        }
    }

    private mutating func interrupted(_ stream: LiveStream) {
        record(.stream(stream))
        tell(.interrupted, .stopped, on: stream)
        scheduleGrace(of: stream)
    }

    private mutating func resumed(_ stream: LiveStream) {
        record(.stream(stream))
        tell(.resumed, .started, on: stream)
    }

    /// Tells the stream's subscribers and, as what `kind` says, the plugins.
    private mutating func tell(
        _ event: LiveEvent,
        _ kind: PluginNotice.Kind,
        on stream: LiveStream
    ) {
        let position = publish(event, on: stream)
        notice(kind, event, at: position, of: stream)
    }

    /// The stream's media is gone: it is interrupted, whoever controls it.
    private mutating func interrupt(_ media: LiveCommand.Media) throws(ErrorReply) -> [UInt8] {
        var stream = try known(media.stream)
        try stream.lifecycle.requireRunning(generation: media.generation)
        let before = stream
        if stream.lifecycle.mediaGone(at: now) {
            interrupted(stream)
        } else if stream != before {
            record(.stream(stream))
        }
        return snapshot(of: stream).json()
    }

    /// The stream's media is back: it is resumed, unless it waits for its broadcaster too.
    private mutating func resume(_ media: LiveCommand.Media) throws(ErrorReply) -> [UInt8] {
        var stream = try known(media.stream)
        try stream.lifecycle.requireRunning(generation: media.generation)
        let before = stream
        if stream.lifecycle.mediaBack(isControlled: controllers.controls(stream.id)) {
            resumed(stream)
        } else if stream != before {
            record(.stream(stream))
        }
        return snapshot(of: stream).json()
    }

    private mutating func cue(_ cue: LiveCommand.Cue) throws(ErrorReply) -> [UInt8] {
        let stream = try known(cue.stream)
        try stream.lifecycle.requireRunning()
        return Self.json(of: publish(.cue(name: cue.name, data: cue.data ?? []), on: stream))
    }

    /// A place on a channel as a result's members; none for no place.
    static func json(of position: Position?) -> [UInt8] {
        var writer = JSONWriter(capacity: 48)
        writer.beginObject()
        if let position {
            writer.key("offset")
            writer.integer(position.offset)
            writer.key("epoch")
            writer.string(position.epoch)
        }
        writer.endObject()
        return writer.bytes
    }

    mutating func scheduleGrace(of stream: LiveStream) {
        guard let end = stream.lifecycle.graceEnds(after: options.live.gracePeriod) else { return }
        deadlines.schedule(.grace(stream: stream.id), at: end)
    }

    /// Ends a stream that was interrupted for its whole grace period.
    mutating func endGrace(of id: String) {
        guard var stream = state.streams[id] else { return }
        guard stream.lifecycle.graceOver(after: options.live.gracePeriod, now: now) else {
            // It came back and went again meanwhile.
            return scheduleGrace(of: stream)
        }
        end(stream, reason: "interrupted")
    }

    private mutating func start(
        _ wanted: LiveCommand.Start,
        by session: HubSession
    ) throws(ErrorReply) -> [UInt8] {
        let key = idempotencyKey(wanted.idempotencyKey, .start, wanted.stream, session)
        if let key, let answer = state.answers[key] { return answer }
        var stream = state.streams[wanted.stream] ?? LiveStream(id: wanted.stream)
        try stream.lifecycle.start(keepsAlive: wanted.keep, above: state.generationFloor)
        if state.streams[wanted.stream] == nil { try makeRoomForStream() }
        stream.title = wanted.title ?? ""
        stream.meta = wanted.meta ?? Array("{}".utf8)
        stream.startedAt = now
        stream.endedAt = nil
        stream.commentCount = 0
        stream.finalUniqueViewers = 0
        stream.finalPeakViewers = 0
        record(.stream(stream))
        runningStreams.insert(stream.id)
        beginAudience(of: stream.id)
        tell(.started(title: stream.title, meta: stream.meta), .started, on: stream)
        changedControl.insert(stream.id)
        let answer = snapshot(of: stream).json()
        remember(answer, for: key)
        return answer
    }

    private mutating func update(_ wanted: LiveCommand.Update) throws(ErrorReply) -> [UInt8] {
        var stream = try known(wanted.stream)
        try stream.lifecycle.requireRunning()
        let before = stream
        if let title = wanted.title { stream.title = title }
        if let meta = wanted.meta { stream.meta = meta }
        if stream != before {
            record(.stream(stream))
            tell(.updated(title: stream.title, meta: stream.meta), .started, on: stream)
        }
        return snapshot(of: stream).json()
    }

    private mutating func stop(_ wanted: LiveCommand.Stop) throws(ErrorReply) -> [UInt8] {
        var stream = try known(wanted.stream)
        try stream.lifecycle.stop(generation: wanted.generation)
        let ended = end(stream, reason: wanted.reason)
        return snapshot(of: ended).json(withTotals: true)
    }

    private mutating func set(_ wanted: LiveCommand.Mode) throws(ErrorReply) -> [UInt8] {
        var stream = try known(wanted.stream)
        if let slowSeconds = wanted.slowSeconds, slowSeconds != stream.slowSeconds {
            stream.slowSeconds = slowSeconds
            record(.stream(stream))
            publish(.mode(slowSeconds: slowSeconds), on: stream)
        }
        return snapshot(of: stream).json()
    }

    /// Records the end of a stream whose life cycle has ended, with its last figures.
    @discardableResult
    private mutating func end(_ ending: LiveStream, reason: String?) -> LiveStream {
        var stream = ending
        recordAudience(of: stream.id)
        let audience = state.audiences[stream.id]
        stream.finalUniqueViewers = audience?.uniqueCount ?? 0
        stream.finalPeakViewers = audience?.peak ?? 0
        stream.endedAt = now
        record(.stream(stream))
        runningStreams.remove(stream.id)
        tell(.stopped(reason: reason, totals: StreamTotals(of: stream)), .stopped, on: stream)
        return stream
    }

    private func list(_ wanted: LiveCommand.List) -> [UInt8] {
        let ids = state.streamIDs
        var index = wanted.cursor.map { ids.firstIndex(after: $0) } ?? 0
        var last: String?
        var count = 0
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.key("streams")
        writer.beginArray()
        while index < ids.count, count < wanted.limit {
            defer { index += 1 }
            guard let stream = listed(ids[index], wanted) else { continue }
            snapshot(of: stream).write(into: &writer)
            last = stream.id
            count += 1
        }
        writer.endArray()
        if let last, ids[index...].contains(where: { listed($0, wanted) != nil }) {
            writer.key("cursor")
            writer.string(last)
        }
        writer.endObject()
        return writer.bytes
    }

    private func listed(_ id: String, _ wanted: LiveCommand.List) -> LiveStream? {
        guard let stream = state.streams[id],
            wanted.state == nil || wanted.state == stream.state,
            wanted.visibleStreams.contains(where: { NamePattern.matches($0, id) })
        else { return nil }
        return stream
    }

    /// Forgets the stream that ended first and that nobody watches, where there are too many.
    private mutating func makeRoomForStream() throws(ErrorReply) {
        guard state.streams.count >= options.live.maximumStreams else { return }
        let candidates = state.streams.values.filter { stream in
            !stream.isRunning && channels.slot(named: "live:" + stream.id) == nil
        }
        guard
            let oldest = candidates.min(by: {
                ($0.endedAt?.milliseconds ?? 0, $0.id) < ($1.endedAt?.milliseconds ?? 0, $1.id)
            })
        else { throw ErrorReply(.limitExceeded, "too many streams") }
        record(.streamForgotten(oldest.id, generation: oldest.generation))
        meters[oldest.id] = nil
        pluginMeters[oldest.id] = nil
    }
}
