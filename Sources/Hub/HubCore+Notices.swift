// SPDX-License-Identifier: Apache-2.0

import Channels
import HubLink
import JSON
import Journal
import Live
import Manifest

/// What plugins are told once on a node, by one worker's plugins having seen it.
///
/// One worker is told; should it die, another is told what it had not acknowledged, and a hub that
/// starts anew tells what its journal has. So a plugin may be told twice, never not at all.
extension HubCore {
    /// Has plugins told an event of a stream; `position`: of the event on the stream's channel,
    /// which names it for good.
    mutating func notice(
        _ kind: PluginNotice.Kind,
        _ event: LiveEvent,
        at position: Position?,
        of stream: LiveStream
    ) {
        guard keepsNotices, let position else { return }
        let id = CommentID(position).text
        var reason: String?
        var isOver = false
        if case .stopped(let why, _) = event {
            reason = why
            isOver = true
        }
        var writer = JSONWriter(capacity: 512 + stream.meta.count)
        writer.beginObject()
        writer.key("id")
        writer.string(id)
        writer.key("event")
        writer.string(event.type)
        if let reason {
            writer.key("reason")
            writer.string(reason)
        }
        writer.key("snapshot")
        snapshot(of: stream).write(into: &writer, withTotals: isOver)
        writer.endObject()
        let notice = PluginNotice(id: id, kind: kind, stream: stream.id, json: writer.bytes)
        if state.notices.count >= HubOptions.maximumNotices, let oldest = state.notices.first {
            record(.noticeDone(oldest.id))
            droppedNoticeCount += 1
        }
        record(.noticed(notice))
        if let noticeTaker { send(.notice(notice), to: noticeTaker) }
    }

    /// Plugins have seen a notice; late news of one that is off the list changes nothing.
    mutating func noticeSeen(_ id: String) {
        guard state.notices.contains(where: { $0.id == id }) else { return }
        if isReadOnly { unrecordedNotices.insert(id) } else { record(.noticeDone(id)) }
    }

    /// Sees that a worker takes the notices, where one can: the one with the lowest index once the
    /// former is gone.
    mutating func chooseNoticeTaker() {
        guard noticeTaker == nil, let link = sessions.noticeTaker else { return }
        keepsNotices = true
        noticeTaker = link
        for notice in state.notices where !unrecordedNotices.contains(notice.id) {
            send(.notice(notice), to: link)
        }
    }

    /// A worker's plugins came or went while its link stayed.
    mutating func setNoticeTaking(_ link: LinkID, _ takes: Bool) {
        sessions.setNoticeTaking(link, takes)
        if !takes, noticeTaker == link { noticeTaker = nil }
        chooseNoticeTaker()
        // Where a worker has none and no other has, whoever was to be told is gone for good.
        guard !takes, noticeTaker == nil else { return }
        keepsNotices = false
        for notice in state.notices { noticeSeen(notice.id) }
    }

    /// Records what could not be recorded when it was said.
    mutating func recordSeenNotices() {
        for id in unrecordedNotices.sorted() { record(.noticeDone(id)) }
        unrecordedNotices = []
    }

    /// Tells plugins a stream's figures at the pace at which viewers are told, and also when the
    /// last viewer has gone.
    mutating func tellPlugins(figures: ViewerFigures, of stream: String) {
        guard let noticeTaker else { return }
        let moment = pluginMeters[stream, default: ViewerMeter()].nextTelling(
            now: now,
            interval: options.live.viewersInterval
        )
        guard moment <= now else { return deadlines.schedule(.viewers(stream: stream), at: moment) }
        guard pluginMeters[stream, default: ViewerMeter()].tell(figures, at: now) else { return }
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        figures.write(into: &writer)
        writer.endObject()
        send(.viewerFigures(stream: stream, json: writer.bytes), to: noticeTaker)
    }
}
