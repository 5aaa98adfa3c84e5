// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hooks
import HubLink
import JSON
import Live
import PluginHost

/// What plugins are told and do not decide.
extension ClientGateway {
    func tellSubscribed(_ session: Session, _ channel: ChannelName, recovered: Bool?) {
        guard let plugins, implements(.subscribed) else { return }
        var subject = subject(of: session, on: channel)
        if let recovered {
            subject.data = HookData.object("recovered", Array("\(recovered)".utf8))
        }
        plugins.notify(.subscribed, subject)
    }

    /// `code`: as in the unsubscribe push, 0 when the client asked or left.
    func tellUnsubscribed(_ session: Session, _ channel: ChannelName, code: UInt32 = 0) {
        guard let plugins, implements(.unsubscribed) else { return }
        var subject = subject(of: session, on: channel)
        subject.data = HookData.object("code", code)
        plugins.notify(.unsubscribed, subject)
    }

    /// A client that was let in is gone, with its subscriptions.
    func tellDisconnected(_ session: Session, code: UInt16) {
        guard let plugins, case .connected = session.phase else { return }
        if implements(.unsubscribed) {
            for subscription in session.subscriptions where subscription.memberIndex != nil {
                tellUnsubscribed(session, subscription.channel.name)
            }
        }
        guard implements(.disconnected) else { return }
        var subject = subject(of: session)
        subject.data = HookData.object("code", code)
        plugins.notify(.disconnected, subject)
    }

    /// Whether the request was a comment, and what became of it, is seen here.
    func tellCommented(_ request: PendingRequest, _ answer: HubReply) {
        guard let plugins, implements(.commented),
            case .live(.sendComment(let comment), _) = request.request,
            case .result(let json) = answer, json.count > 2,
            let channel = ChannelName(stream: comment.stream)
        else { return }
        var subject = subject(of: request.session, on: channel)
        var writer = JSONWriter(capacity: comment.text.utf8.count + json.count + 16)
        writer.beginObject()
        writer.key("text")
        writer.string(comment.text)
        writer.endObject()
        // The answer's members, behind the text's.
        subject.data = writer.bytes.dropLast() + [UInt8(ascii: ",")] + json.dropFirst()
        plugins.notify(.commented, subject)
    }

    // MARK: Once on a node

    /// The hub keeps the notice until every plugin here has seen it.
    func tell(_ notice: PluginNotice) {
        switch notices.place(of: notice.id) {
        case .open: return
        case .seen: return hub.send(.noticeSeen(notice.id))
        case .new: notices.begin(notice)
        }
        notify(notice)
    }

    /// Tells plugins what a predecessor's had not seen when it handed over.
    func notify(_ notice: PluginNotice) {
        let id = notice.id
        guard let plugins else { return noticeSeen(id) }
        let hook: Hook =
            switch notice.kind {
            case .started: .started
            case .stopped: .stopped
            }
        plugins.notify(hook, subject(of: notice.stream, notice.json)) { [weak self] in
            self?.noticeSeen(id)
        }
    }

    func tellFigures(of stream: String, _ json: [UInt8]) {
        guard let plugins, implements(.viewers) else { return }
        plugins.notify(.viewers, subject(of: stream, json))
    }

    private func noticeSeen(_ id: String) {
        notices.finish(id)
        hub.send(.noticeSeen(id))
    }

    private func subject(of stream: String, _ data: [UInt8]) -> HookSubject {
        var subject = HookSubject()
        subject.stream = stream
        subject.channel = ChannelName(stream: stream)?.text ?? ""
        subject.data = data
        return subject
    }
}
