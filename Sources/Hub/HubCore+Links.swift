// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink

extension HubCore {
    mutating func receive(_ message: WorkerMessage, from link: LinkID) {
        guard sessions.isOpen(link) else { return }
        let hasGreeted = sessions.hello(of: link) != nil
        if case .hello(let hello) = message {
            guard !hasGreeted else { return drop(link, .unexpectedHello) }
            return greet(link, hello)
        }
        guard hasGreeted else { return drop(link, .unexpectedHello) }
        switch message {
        case .hello:
            break
        case .attach(let session, let identity):
            attach(session, identity, link)
        case .identified(let session, let identity):
            if let slot = sessions.slot(link, session) { identify(slot, as: identity) }
        case .detach(let session):
            if let slot = sessions.slot(link, session) { detach(slot) }
        case .unsubscribed(let session, let channel):
            guard let slot = sessions.slot(link, session) else { return }
            unsubscribe(slot, from: channel)
        case .resume(let resumption):
            resume(resumption, link)
        case .request(let request, let session, let body):
            guard let slot = sessions.slot(link, session) else {
                // Asked again over a new link by a session that has ended meanwhile: not worth the
                // link, on which thousands of others depend.
                return send(.reply(request, .failure(ErrorReply(.internal))), to: link)
            }
            answer(request, body, from: slot, link)
        case .noticeSeen(let id):
            noticeSeen(id)
        case .takesNotices(let takes):
            setNoticeTaking(link, takes)
        }
    }

    /// Everything that came over the link is gone at once.
    mutating func close(_ link: LinkID) {
        for slot in sessions.close(link) { detach(slot) }
        if noticeTaker == link { noticeTaker = nil }
        chooseNoticeTaker()
    }

    private mutating func greet(_ link: LinkID, _ hello: WorkerMessage.Hello) {
        // The same process has made a new link: what came over its old one is not there any more.
        for old in sessions.links(of: hello) { drop(old, .superseded) }
        sessions.greet(link, hello)
        send(.welcome(hub: identity), to: link)
        sendRevocations(to: link)
        setNoticeTaking(link, hello.takesNotices)
    }

    private mutating func attach(
        _ id: SessionID,
        _ identity: SessionIdentity,
        _ link: LinkID
    ) {
        guard sessions.slot(link, id) == nil else { return drop(link, .repeatedAttach) }
        _ = sessions.insert(HubSession(link: link, id: id, identity: identity))
        for name in controllers.add(identity.controlledStreams) { markControl(name) }
    }

    private mutating func identify(_ slot: SessionSlot, as identity: SessionIdentity) {
        guard let former = sessions[slot]?.identity else { return }
        sessions.setIdentity(identity, of: slot)
        // In this order, so that what both control is never without a broadcaster.
        for name in controllers.add(identity.controlledStreams) { markControl(name) }
        for name in controllers.remove(former.controlledStreams) { markControl(name) }
    }

    private mutating func detach(_ slot: SessionSlot) {
        guard let session = sessions[slot] else { return }
        for subscription in session.subscriptions { leave(slot, subscription.channel) }
        sessions.remove(slot)
        for name in controllers.remove(session.identity.controlledStreams) { markControl(name) }
    }

    /// Marks the running streams that a session's id or pattern names.
    private mutating func markControl(_ name: String) {
        if NamePattern.isExact(name) {
            if runningStreams.contains(name) { changedControl.insert(name) }
            return
        }
        for stream in runningStreams where NamePattern.matches(name, stream) {
            changedControl.insert(stream)
        }
    }
}
