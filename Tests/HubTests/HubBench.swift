// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hub
import HubLink
import JSON
import Journal
import Live
import Manifest

/// A session on the bench.
struct BenchSession: Hashable {
    let link: LinkID
    let id: SessionID
    let client: ClientID
}

/// Holds a hub's core as its process would: feeds it, carries its messages to pretended workers,
/// keeps its records, and lets time pass.
final class HubBench {
    private(set) var core: HubCore
    private(set) var now = Timestamp(milliseconds: 1_000_000)
    private(set) var records: [JournalRecord] = []
    private(set) var inboxes: [LinkID: [HubMessage]] = [:]
    private(set) var dropped: [LinkID: LinkFault] = [:]
    let options: HubOptions
    private var nextLink: UInt32 = 1
    private var nextSession: UInt64 = 1
    private var nextRequest: UInt64 = 1

    init(_ change: (inout Configuration) -> Void = { _ in }) {
        var configuration = Configuration()
        configuration.userChannels = true
        configuration.channels = Self.rules
        change(&configuration)
        options = HubOptions(configuration)
        core = HubCore(options: options, seed: 7, now: now)
    }

    /// A hub that starts anew with what another's records rebuild.
    init(takingUp other: HubBench) {
        options = other.options
        now = other.now
        nextRequest = other.nextRequest
        var state = HubState(options: options)
        for record in other.records { state.apply(record) }
        core = HubCore(options: options, seed: 8, state: state, now: now)
    }

    /// A hub that starts anew with what a journal has.
    init(takingUp other: HubBench, from journal: Journal, isReadOnly: Bool = false) throws {
        options = other.options
        now = other.now
        nextRequest = other.nextRequest
        core = HubCore(
            options: options,
            seed: 8,
            state: try HubState(options: options, journal: journal),
            isReadOnly: isReadOnly,
            now: now
        )
    }

    private static var rules: [ChannelRule] {
        func rule(_ pattern: String, _ change: (inout ChannelRule) -> Void) -> ChannelRule {
            var rule = ChannelRule(pattern: pattern)
            change(&rule)
            return rule
        }
        func log(_ pattern: String, _ recovery: ChannelRule.Recovery) -> ChannelRule {
            rule(pattern) {
                $0.historySize = 5
                $0.historyLifetime = .seconds(60)
                $0.recovery = recovery
            }
        }
        return [
            log("log:*", .onRequest),
            log("forced:*", .forced),
            log("off:*", .off),
            rule("latest:*") { $0.retention = .latest },
            rule("room:*") {
                $0.hasPresence = true
                $0.announcesJoinLeave = true
            },
            rule("plain:*") { _ in },
        ]
    }

    // MARK: Links and sessions

    func link(worker: Int = 0, pid: Int32? = nil, takesNotices: Bool = false) -> LinkID {
        let link = silentLink()
        let pid = pid ?? Int32(truncatingIfNeeded: link.rawValue)
        receive(
            .hello(.init(worker: worker, pid: pid, takesNotices: takesNotices)),
            from: link
        )
        return link
    }

    /// A link that has not said hello.
    func silentLink() -> LinkID {
        let link = LinkID(rawValue: nextLink)
        nextLink += 1
        feed(.linkOpened(link))
        return link
    }

    func close(_ link: LinkID) {
        feed(.linkClosed(link))
    }

    /// The session's token was refreshed.
    func identify(_ session: BenchSession, user: String, controls: [String]) {
        let info = ClientInfo(user: user, client: session.client, connectionInfo: [])
        receive(
            .identified(
                session.id,
                SessionIdentity(info: info, name: "", controlledStreams: controls)
            ),
            from: session.link
        )
    }

    func attach(
        _ link: LinkID,
        user: String = "",
        name: String = "",
        controls: [String] = [],
        isViewer: Bool = true
    ) -> BenchSession {
        let id = SessionID(rawValue: nextSession)
        let client = ClientID(high: nextSession, low: 1)
        nextSession += 1
        let info = ClientInfo(user: user, client: client, connectionInfo: [])
        receive(
            .attach(
                id,
                SessionIdentity(
                    info: info,
                    name: name,
                    controlledStreams: controls,
                    isViewer: isViewer
                )
            ),
            from: link
        )
        return BenchSession(link: link, id: id, client: client)
    }

    func detach(_ session: BenchSession) {
        receive(.detach(session.id), from: session.link)
    }

    /// A plugin's session on a worker.
    func attachPlugin(_ link: LinkID, _ name: String = "media") -> BenchSession {
        let id = SessionID(rawValue: nextSession)
        nextSession += 1
        let identity = SessionIdentity.plugin(name)
        receive(.attach(id, identity), from: link)
        return BenchSession(link: link, id: id, client: identity.info.client)
    }

    // MARK: Requests

    /// Sends a request and answers its reply.
    func request(
        _ session: BenchSession,
        _ request: HubRequest
    ) throws(ErrorReply) -> HubReply {
        let id = RequestID(rawValue: nextRequest)
        nextRequest += 1
        receive(.request(id, session.id, request), from: session.link)
        for message in (inboxes[session.link] ?? []).reversed() {
            if case .reply(id, let result) = message { return try result.get() }
        }
        throw ErrorReply(.internal, "no reply")
    }

    func subscribe(
        _ session: BenchSession,
        _ channel: String,
        recover: Position? = nil,
        wantsPosition: Bool = false,
        wantsRecovery: Bool = false
    ) throws(ErrorReply) -> HubReply.Subscribed {
        let wanted = HubRequest.Subscribe(
            channel: channel,
            recover: recover,
            wantsPosition: wantsPosition,
            wantsRecovery: wantsRecovery
        )
        guard case .subscribed(let reply) = try request(session, .subscribe(wanted)) else {
            throw ErrorReply(.internal, "another reply")
        }
        return reply
    }

    func history(
        _ session: BenchSession,
        _ channel: String,
        limit: Int = 100,
        since: Position? = nil,
        reverse: Bool = false
    ) throws(ErrorReply) -> HubReply.PublicationList {
        let wanted = HubRequest.History(
            channel: channel,
            limit: limit,
            since: since,
            reverse: reverse
        )
        guard case .history(let list) = try request(session, .history(wanted)) else {
            throw ErrorReply(.internal, "another reply")
        }
        return list
    }

    @discardableResult
    func publish(
        _ session: BenchSession,
        _ channel: String,
        _ data: String
    ) throws(ErrorReply) -> HubReply {
        try request(session, .publish(channel: channel, data: Array(data.utf8)))
    }

    /// Runs a live command as its method and data; answers the result's text.
    @discardableResult
    func run(
        _ session: BenchSession,
        _ method: String,
        _ data: String,
        moderator: Bool = false
    ) throws(ErrorReply) -> String {
        let command = try LiveCommand.decode(method: method, data: Array(data.utf8))
        guard case .result(let json) = try request(session, .live(command, moderator: moderator))
        else { throw ErrorReply(.internal, "another reply") }
        return String(decoding: json, as: UTF8.self)
    }

    /// Calls a method of the node as a plugin; answers the result's text.
    @discardableResult
    func call(
        _ session: BenchSession,
        _ method: String,
        _ parameters: String,
        plugin: String = "media"
    ) throws(ErrorReply) -> String {
        let command = try HostCommand.decode(method: method, parameters: Array(parameters.utf8))
        guard case .result(let json) = try request(session, HubRequest(command, of: plugin)) else {
            throw ErrorReply(.internal, "another reply")
        }
        return String(decoding: json, as: UTF8.self)
    }

    /// The code with which a call is refused; nil when it is not.
    func callRefusal(_ session: BenchSession, _ method: String, _ parameters: String) -> UInt32? {
        do throws(ErrorReply) {
            try call(session, method, parameters)
            return nil
        } catch {
            return error.code
        }
    }

    /// The notices that a link was told, as `kind event stream`.
    func notices(_ link: LinkID) -> [String] {
        messages(link).compactMap { message in
            guard case .notice(let notice) = message else { return nil }
            let event = Self.parse(notice.json)?["event"]?.string ?? "?"
            return "\(notice.kind) \(event) \(notice.stream)"
        }
    }

    /// The code with which a command is refused; nil when it is not.
    func refusal(
        _ session: BenchSession,
        _ method: String,
        _ data: String,
        moderator: Bool = false
    ) -> ErrorCode? {
        do throws(ErrorReply) {
            try run(session, method, data, moderator: moderator)
            return nil
        } catch {
            return ErrorCode(rawValue: error.code)
        }
    }

    // MARK: Time and messages

    /// Lets time pass, meeting every deadline when it is due.
    func pass(_ interval: Duration) {
        let end = now + interval
        while let deadline = core.nextDeadline, deadline <= end {
            now = max(now, deadline)
            feed(.deadline)
        }
        now = end
        feed(.deadline)
    }

    func receive(_ message: WorkerMessage, from link: LinkID) {
        feed(.received(link, message))
    }

    func clearInboxes() {
        inboxes = [:]
    }

    func messages(_ link: LinkID) -> [HubMessage] { inboxes[link] ?? [] }

    func publications(_ link: LinkID) -> [HubMessage.ChannelPublication] {
        messages(link).compactMap { message in
            if case .publication(let publication) = message { publication } else { nil }
        }
    }

    /// The `type` of every event that a link was told, in order, without viewer figures.
    func eventTypes(_ link: LinkID) -> [String] {
        publications(link).compactMap { Self.member("type", of: $0.json) }
            .filter { $0 != "viewers" }
    }

    /// The viewer figures that a link was told, as `viewers/unique/peak`.
    func figures(_ link: LinkID) -> [String] {
        publications(link).filter { Self.member("type", of: $0.json) == "viewers" }.map {
            let data = Self.parse($0.json)?["data"]
            let numbers = ["viewers", "unique_viewers", "peak_viewers"].map { key in
                data?[key]?.integer.map { String($0) } ?? "?"
            }
            return numbers.joined(separator: "/")
        }
    }

    static func parse(_ json: [UInt8]) -> JSONValue? {
        try? JSONValue.parse(json, limits: .init(maximumByteCount: 1 << 24, maximumDepth: 16))
    }

    static func parse(_ json: String) -> JSONValue? { parse(Array(json.utf8)) }

    /// A text member of a result.
    static func text(_ key: String, of result: String) -> String? {
        parse(result)?[key]?.string
    }

    /// A text member of a publication's data.
    static func member(_ key: String, of publication: [UInt8]) -> String? {
        parse(publication)?["data"]?[key]?.string
    }

    func feed(_ event: HubEvent) {
        for action in core.handle(event, now: now) {
            switch action {
            case .record(let record): records.append(record)
            case .send(let link, let message): inboxes[link, default: []].append(message)
            case .broadcast(let links, let message):
                for link in links { inboxes[link, default: []].append(message) }
            case .drop(let link, let fault): dropped[link] = fault
            }
        }
    }
}
