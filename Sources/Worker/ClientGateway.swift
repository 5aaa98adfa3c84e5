// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import JSON
import Live
import Logging
import Manifest
import PluginHost
import Reactor
import StatusPage
import Tokens
import WebServer

/// The worker's clients: their sessions, subscriptions and commands, between sockets and hub.
///
/// Split by topic, one file each: `ClientGateway+….swift`.
final class ClientGateway {
    let loop: EventLoop
    let configuration: Configuration
    let authorizer: Authorizer
    /// nil where the operator gave no secret: then every token is refused.
    let verifier: TokenVerifier?
    let keySource: TokenKeySource?
    let status: StatusSlot
    let hub: HubConnection
    let logger: Logger
    let routes: HTTPRoutes
    var hello: WorkerMessage.Hello
    let liveLimits: LiveLimits
    let jsonLimits: JSONLimits
    let commandLimits: CommandLimits
    /// Keeps queries of many connections from keeping the hub busy.
    var queries: QueryGuard
    /// The name of this node and of this worker's life, shown to clients.
    let nodeName: String

    weak var server: WebServer?
    /// How many connections each user has here.
    var users = UserTable()
    /// Tokens that are not believed any more.
    var revocations = RevocationTable()
    /// Of the subscriptions here that needed one.
    var subscriptionTokens = SubscriptionTokens()
    /// Whether sessions are to be held against them soon.
    var endsRevokedSessions = false
    /// Worker seconds at which to look for those that are over.
    var revocationSweep: UInt32 = 0
    /// nil where the manifest names no plugin.
    var plugins: PluginHost?
    /// Sessions by their id, for what the hub says of one of them.
    var sessions: [SessionID: Session] = [:]
    var channels: [String: ChannelAudience] = [:]
    var pending = PendingRequests()
    /// Commands that wait for plugins.
    var lines = CommandLines()
    /// What plugins ask of the node.
    var pluginCalls = PluginCalls()
    /// What plugins are told once on a node.
    var notices = NoticeDesk()
    /// Commands that came with a predecessor's sessions, to be asked for again.
    var replays: [Replay] = []
    var deliveredOrigins = DeliveredOrigins()
    /// Whether there was a link to the hub before, this worker's or its predecessor's.
    var hasBeenLinked = false
    /// Sessions whose `connect` a predecessor's plugins had not decided, with what came behind it.
    var undecided: [(session: Session, messages: [[UInt8]])] = []
    /// Those whose budgets were not full when they were last looked at.
    var spenders: [Session] = []
    var random = SystemRandomNumberGenerator()
    var fanOut: FanOut
    /// Those who have no WebSocket.
    var readers = Readers()
    let pingEvent = BodyChunk(ServerSentEvent.ping)
    let pingFrame = SharedFrame.text(Array("{}".utf8))
    private var nextConflationKey: UInt64 = 1
    var nextSessionID: UInt64 = 1
    /// Of the next `Subscription.Place.awaited`.
    var nextReservation: UInt32 = 0
    /// The session whose message is being handled, and its replies so far: they leave in one frame.
    private var replyBatch: (session: Session, bytes: [UInt8])?
    /// Where this worker's own clock begins; a successor goes on with its predecessor's.
    var startedAt: MonotonicTime
    /// Sessions that were handed over and could not be taken up; the hub is still to be told.
    var strayedSessions: [SessionID] = []
    /// Whether a successor has taken over: nobody is let in here any more.
    private(set) var isRetired = false

    init(
        loop: EventLoop,
        configuration: Configuration,
        verifier: TokenVerifier?,
        keySource: TokenKeySource? = nil,
        status: StatusSlot,
        hub: HubConnection,
        hello: WorkerMessage.Hello,
        routes: HTTPRoutes,
        nodeName: String,
        logger: Logger
    ) {
        self.loop = loop
        self.configuration = configuration
        authorizer = Authorizer(configuration: configuration)
        self.verifier = verifier
        self.keySource = keySource
        self.status = status
        self.hub = hub
        self.routes = routes
        self.hello = hello
        liveLimits = LiveLimits(configuration: configuration)
        self.nodeName = nodeName
        self.logger = logger
        jsonLimits = JSONLimits(
            maximumByteCount: configuration.client.maximumMessageByteCount,
            maximumDepth: configuration.client.maximumJSONDepth
        )
        commandLimits = CommandLimits(configuration.client)
        queries = QueryGuard(configuration.client, configuration.hub, now: 0)
        startedAt = loop.now
        fanOut = FanOut(load: SendLoad(at: loop.now))
    }

    // MARK: Time

    /// Milliseconds since this worker started, for deadlines.
    var milliseconds: UInt64 { milliseconds(at: loop.now) }

    /// Milliseconds in the width that budgets keep, wrapping.
    var budgetTime: UInt32 { UInt32(truncatingIfNeeded: milliseconds) }

    /// Seconds since this worker started, in the width that sessions keep.
    var seconds: UInt32 { seconds(at: loop.now) }

    func seconds(at moment: MonotonicTime) -> UInt32 {
        UInt32(truncatingIfNeeded: milliseconds(at: moment) / 1_000)
    }

    private func milliseconds(at moment: MonotonicTime) -> UInt64 {
        UInt64(max(0, (moment - startedAt).milliseconds))
    }

    // MARK: Sessions

    func makeSession<Kind: Session>(_ kind: Kind.Type, for connection: Connection) -> Kind {
        let id = SessionID(rawValue: nextSessionID)
        nextSessionID += 1
        let session = kind.init(
            id: id,
            client: .random(using: &random),
            connection: connection,
            identity: authorizer.anonymous,
            connectDeadline: seconds
                + UInt32(configuration.client.connectTimeout.wholeSeconds)
        )
        sessions[id] = session
        return session
    }

    /// Ends what the session had; the connection is gone or will be.
    ///
    /// `code`: as in the close frame.
    func end(_ session: Session, code: UInt16) {
        guard !session.isClosed else { return }
        tellDisconnected(session, code: code)
        session.phase = .closed
        sessions[session.id] = nil
        subscriptionTokens.remove(of: session.id)
        if let reader = session as? ReaderSession { forget(reader) }
        for subscription in session.subscriptions { dismiss(subscription) }
        session.subscriptions = SubscriptionList()
        if session.isAttached {
            users.leave(session.identity.user)
            hub.send(.detach(session.id))
        }
    }

    /// Forgets a session that a successor goes on with; the hub link is the successor's, too.
    func leave(_ session: Session) {
        isRetired = true
        session.phase = .closed
        // Those who stay must not be taken for it.
        for subscription in session.subscriptions { dismiss(subscription) }
        session.subscriptions = SubscriptionList()
        sessions[session.id] = nil
    }

    /// Makes a link of its own for the sessions that could not move, whose old link the successor
    /// has; to the hub it is another worker's, for as long as they last.
    func serveThoseWhoStay() {
        isRetired = true
        guard !sessions.isEmpty else { return }
        refuseWhatWasAsked()
        hello = WorkerMessage.Hello(
            worker: hello.worker,
            pid: hello.pid,
            incarnation: UInt64.random(in: .min ... .max)
        )
        hub.beginAnew()
    }

    /// Whether the hub has done what was asked over the old link, only the successor will hear.
    ///
    /// To ask again could do it twice, so the client decides; what only reads is asked again.
    private func refuseWhatWasAsked() {
        for (id, request) in pending.unanswered() {
            switch request.purpose {
            case .publish, .rpc: _ = pending.remove(id)
            case .connectSubscribe, .subscribe, .unsubscribe, .history, .presence, .presenceStats:
                continue
            }
            request.session.pendingCount -= 1
            fail(request, ErrorReply(.hubUnavailable, retryAfterMilliseconds: 1_000))
        }
    }

    /// `reason`: in place of the code's own, where it is not empty.
    func disconnect(_ session: Session, _ disconnect: Disconnect, reason: String = "") {
        close(
            session,
            code: disconnect.rawValue,
            reason: reason.isEmpty ? disconnect.reason : reason
        )
    }

    func close(_ session: Session, code: UInt16, reason: String) {
        if let reader = session as? ReaderSession {
            let disconnect = Disconnect(rawValue: code) ?? .forceDisconnect
            return close(reader, disconnect, reason: reason)
        }
        // What was answered before the close is not taken back by it.
        flushReplies(to: session)
        end(session, code: code)
        session.connection.close(code: code, reason: reason)
    }

    // MARK: Replies

    /// Collects the replies to one message of `session`, then sends them as one frame.
    ///
    /// A plugin's verdict on one session's command may come while another's is handled.
    func batchingReplies(to session: Session, _ body: () -> Void) {
        guard replyBatch?.session !== session else { return body() }
        let outer = replyBatch
        replyBatch = (session, [])
        body()
        let bytes = replyBatch?.bytes ?? []
        replyBatch = outer
        if !bytes.isEmpty { session.connection.send(text: bytes) }
    }

    private func flushReplies(to session: Session) {
        guard let batch = replyBatch, batch.session === session, !batch.bytes.isEmpty else {
            return
        }
        replyBatch?.bytes = []
        session.connection.send(text: batch.bytes)
    }

    func reply(to session: Session, _ reply: [UInt8]) {
        guard !session.isClosed else { return }
        guard replyBatch?.session === session else {
            return session.connection.send(text: reply)
        }
        if replyBatch?.bytes.isEmpty == false { replyBatch?.bytes.append(UInt8(ascii: "\n")) }
        replyBatch?.bytes.append(contentsOf: reply)
    }

    func refuse(_ session: Session, _ commandID: UInt32, _ error: ErrorReply) {
        status.add(.commandErrors)
        if let reader = session as? ReaderSession { return refuse(reader, error) }
        reply(to: session, Encoder.errorReply(id: commandID, error))
    }

    // MARK: Channels

    func audience(of channel: ChannelName) -> ChannelAudience {
        if let audience = channels[channel.text] { return audience }
        let audience = ChannelAudience(
            name: channel,
            conflationKey: ConflationKey(rawValue: nextConflationKey)
        )
        nextConflationKey += 1
        channels[channel.text] = audience
        return audience
    }

    /// Ends a subscription on this side; what the hub is told is the caller's matter.
    func dismiss(_ subscription: Subscription) {
        subscription.channel.dismiss(subscription)
        if subscription.channel.isUnused { channels[subscription.channel.name.text] = nil }
    }

    /// Ends the session's subscription to a channel; false when it had none.
    @discardableResult
    func removeSubscription(of session: Session, to channel: String) -> Bool {
        guard let index = session.subscriptionIndex(of: channel) else { return false }
        let subscription = session.subscriptions.remove(at: index)
        subscriptionTokens.remove(of: session.id, to: channel)
        dismiss(subscription)
        return true
    }

    // MARK: Requests

    /// Asks the hub, or tells the client at once why not and answers false.
    @discardableResult
    func ask(
        _ request: HubRequest,
        for session: Session,
        _ commandID: UInt32,
        _ purpose: PendingRequest.Purpose
    ) -> Bool {
        let timeout = configuration.hub.requestTimeout.milliseconds
        let entry = PendingRequest(
            session: session,
            commandID: commandID,
            purpose: purpose,
            request: request,
            deadline: milliseconds + UInt64(timeout)
        )
        guard session.pendingCount < configuration.client.maximumPendingCommands else {
            fail(entry, ErrorReply(.tooManyRequests, retryAfterMilliseconds: 1_000))
            return false
        }
        guard !hub.isCongested else {
            fail(entry, ErrorReply(.hubUnavailable, retryAfterMilliseconds: 1_000))
            return false
        }
        session.pendingCount += 1
        status.add(.hubRequests)
        let id = pending.add(entry)
        hub.send(.request(id, session.id, request))
        return true
    }

    /// Makes the session known to the hub before its first request.
    func attach(_ session: Session) {
        guard !session.isAttached else { return }
        session.isAttached = true
        users.enter(session.identity.user)
        hub.send(.attach(session.id, identity(of: session)))
    }

    func identity(of session: Session) -> SessionIdentity {
        SessionIdentity(
            info: ClientInfo(
                user: session.identity.user,
                client: session.client,
                connectionInfo: session.identity.claims.info
            ),
            name: session.identity.claims.name,
            // Who only looks on keeps no stream alive.
            controlledStreams: session is ReaderSession
                ? [] : session.identity.claims.streams(allowing: .control),
            isViewer: session.isViewer
        )
    }
}
