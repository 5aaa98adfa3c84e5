// SPDX-License-Identifier: Apache-2.0

import Channels
import Live
import SQLite

extension Journal {
    /// Writes one record in the open transaction.
    func write(_ record: JournalRecord) throws(SQLiteError) {
        switch record {
        case .channel(let channel, let position):
            _ = try open(channel, at: position)
        case .publication(let channel, let position, let entry):
            try append(entry, at: position, to: channel)
        case .replaced(let channel, let offset, let kind, let json):
            try replace(channel, offset, kind, json)
        case .latest(let channel, let value):
            time = max(time, value.at)
            try statements.setLatest.run(
                .text(channel),
                .integer(value.at.milliseconds),
                .blob(value.json)
            )
        case .channelDropped(let channel):
            try drop(channel)
            try statements.dropLatest.run(.text(channel))
        case .stream(let stream):
            try set(stream)
        case .streamForgotten(let stream, let generation):
            try forget(stream, generation)
        case .audience(let stream, let generation, let users, let peak):
            try statements.gainAudience.run(
                .text(stream),
                .integer(Int64(bitPattern: generation)),
                .integer(Int64(peak)),
                .blob(NumberBlob.encode(users))
            )
        case .muted(let stream, let user, let mute):
            try statements.setMute.run(.text(stream), .text(user), mute.until)
        case .unmuted(let stream, let user):
            try statements.dropMute.run(.text(stream), .text(user))
        case .answered(let key, let result, let at):
            try remember(result, for: key, at: at)
        case .requestAnswered(let key, let result, let at):
            try remember(result, for: key, at: at)
        case .stored, .unstored, .noticed, .noticeDone:
            try writePlugins(record)
        case .revoked(let revocation):
            try statements.revoke.run(
                .integer(Int64(revocation.target.number)),
                .text(revocation.target.name),
                .integer(revocation.issuedBefore),
                .integer(revocation.until.milliseconds)
            )
        }
    }

    /// Writes what is written once for all records of the transaction.
    func writeGathered() throws(SQLiteError) {
        for channel in changedHeads {
            guard let head = heads[channel] else { continue }
            try statements.updateChannel.run(
                .integer(Int64(bitPattern: head.top)),
                .integer(Int64(bitPattern: head.oldest)),
                .integer(Int64(head.byteCount)),
                .integer(head.id)
            )
            upkeep.note(head, of: channel, limits: options.retention(channel))
        }
        changedHeads = []
        for (counted, count) in newComments {
            try statements.countComments.run(
                .integer(count),
                .text(counted.stream),
                .integer(Int64(bitPattern: counted.generation))
            )
        }
        newComments = [:]
        try statements.dropAnswers.run(
            .integer(lastAnswer - Int64(options.maximumAnswerCount))
        )
        try statements.dropRequestAnswers.run(
            .integer(lastRequestAnswer - Int64(options.maximumRequestCount))
        )
        try statements.setNode.run(.text("time"), .integer(time.milliseconds))
    }

    // MARK: Channels

    func head(of channel: String) throws(SQLiteError) -> ChannelHead? {
        if let head = heads[channel] { return head }
        guard let found = try statements.channel.first(.text(channel), read: ChannelHead.init)
        else { return nil }
        guard let head = found else { throw .damaged("the row of a channel contradicts itself") }
        heads[channel] = head
        return head
    }

    private func append(
        _ entry: ChannelLog.Entry,
        at position: Position,
        to channel: String
    ) throws(SQLiteError) {
        var head = try open(
            channel,
            at: Position(epoch: position.epoch, offset: position.offset - 1)
        )
        // A record that is applied again changes nothing.
        guard position.offset == head.top + 1 else { return }
        try statements.append.run(
            .integer(head.id),
            .integer(Int64(bitPattern: position.offset)),
            .integer(entry.at.milliseconds),
            .integer(entry.kind.number),
            entry.kind.author,
            entry.kind.generation,
            .integer(try appendText(entry.json)),
            .integer(Int64(entry.json.count))
        )
        head.top += 1
        head.byteCount += entry.json.count
        heads[channel] = head
        changedHeads.insert(channel)
        time = max(time, entry.at)
        if case .comment(_, let generation) = entry.kind { countComment(channel, generation) }
    }

    private func appendText(_ json: [UInt8]) throws(SQLiteError) -> Int64 {
        lastText += 1
        try statements.appendText.run(.integer(lastText), .blob(json))
        return lastText
    }

    /// The channel's head in this epoch; another epoch's publications are dropped.
    private func open(
        _ channel: String,
        at position: Position
    ) throws(SQLiteError) -> ChannelHead {
        if let head = try head(of: channel) {
            if head.epoch == position.epoch { return head }
            try drop(channel)
        }
        let opened = try statements.openChannel.first(
            .text(channel),
            .text(position.epoch),
            .integer(Int64(bitPattern: position.offset)),
            .integer(Int64(bitPattern: position.offset + 1))
        ) { $0.integer(0) }
        guard let id = opened else { throw .damaged("a channel has no row") }
        let head = ChannelHead(id: id, epoch: position.epoch, top: position.offset)
        heads[channel] = head
        return head
    }

    /// Forgets the channel at once; its publications go little by little, being upkeep.
    private func drop(_ channel: String) throws(SQLiteError) {
        guard let head = try head(of: channel) else { return }
        try statements.dropChannel.run(.integer(head.id))
        try statements.noteDropped.run(.integer(head.id))
        heads[channel] = nil
        changedHeads.remove(channel)
        upkeep.hasDroppedChannels = true
    }

    private func replace(
        _ channel: String,
        _ offset: UInt64,
        _ kind: ChannelLog.Entry.Kind,
        _ json: [UInt8]
    ) throws(SQLiteError) {
        guard var head = try head(of: channel) else { return }
        let row = (SQLiteValue.integer(head.id), SQLiteValue.integer(Int64(bitPattern: offset)))
        let before = try statements.text.first(row.0, row.1) { row in
            (text: row.integer(0), byteCount: row.amount(1) ?? 0)
        }
        guard let before else { return }
        try statements.emptyText.run(.integer(before.text))
        try statements.replace.run(
            .integer(kind.number),
            kind.author,
            kind.generation,
            .integer(try appendText(json)),
            .integer(Int64(json.count)),
            row.0,
            row.1
        )
        head.byteCount = max(0, head.byteCount - Int(before.byteCount)) + json.count
        heads[channel] = head
        changedHeads.insert(channel)
        checkpoints.erased(now: time)
    }

    // MARK: Streams

    private func set(_ stream: LiveStream) throws(SQLiteError) {
        // Its own count has all comments up to here.
        newComments[StreamGeneration(stream: stream.id, generation: stream.generation)] = nil
        try statements.setStream.run(
            .text(stream.id),
            .text(stream.state.rawValue),
            .integer(Int64(bitPattern: stream.generation)),
            .integer(stream.lifecycle.keepsAlive ? 1 : 0),
            .optional(stream.lifecycle.interruptedAt?.milliseconds),
            .text(stream.title),
            .blob(stream.meta),
            .optional(stream.startedAt?.milliseconds),
            .optional(stream.endedAt?.milliseconds),
            .integer(stream.slowSeconds),
            .integer(Int64(bitPattern: stream.commentCount)),
            .integer(Int64(stream.finalUniqueViewers)),
            .integer(Int64(stream.finalPeakViewers)),
            .integer(stream.lifecycle.mediaIsGone ? 1 : 0)
        )
        if !stream.isRunning { upkeep.hasOldAudiences = true }
    }

    private func forget(_ stream: String, _ generation: UInt64) throws(SQLiteError) {
        let name = SQLiteValue.text("generation_floor")
        let floor = try database.integer("SELECT value FROM node WHERE name = 'generation_floor'")
        let known = UInt64(bitPattern: floor ?? 0)
        try statements.setNode.run(name, .integer(Int64(bitPattern: max(known, generation))))
        try statements.dropStream.run(.text(stream))
        try statements.dropMutes.run(.text(stream))
        upkeep.hasOldAudiences = true
        if let channel = ChannelName(stream: stream) { try drop(channel.text) }
    }

    private func countComment(_ channel: String, _ generation: UInt64) {
        guard let name = try? ChannelName(channel), case .live(let stream) = name.kind else {
            return
        }
        newComments[StreamGeneration(stream: stream, generation: generation), default: 0] += 1
    }

    // MARK: Answers

    private func remember(
        _ result: [UInt8],
        for key: IdempotencyKey,
        at: Timestamp
    ) throws(SQLiteError) {
        lastAnswer += 1
        time = max(time, at)
        try statements.answer.run(
            .integer(lastAnswer),
            .integer(at.milliseconds),
            key.author.value,
            .text(key.method.rawValue),
            .text(key.stream),
            .text(key.key),
            .blob(result)
        )
    }

    private func remember(
        _ result: [UInt8],
        for key: RequestKey,
        at: Timestamp
    ) throws(SQLiteError) {
        lastRequestAnswer += 1
        time = max(time, at)
        try statements.answerRequest.run(
            .integer(lastRequestAnswer),
            .integer(at.milliseconds),
            .integer(Int64(bitPattern: key.incarnation)),
            .integer(Int64(bitPattern: key.request)),
            .blob(result)
        )
    }
}
