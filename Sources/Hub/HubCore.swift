// SPDX-License-Identifier: Apache-2.0

package import Channels
import ClientProtocol
import HubLink
import Journal
import Live

/// The one authority of a node, as a pure state machine: an event in, actions out.
///
/// It holds the order of every channel, the life cycle of every stream, who is subscribed and
/// muted, and what was answered to whom. It reads no clock and no randomness and does no I/O; what
/// outlives the process is in `state` and changes by records alone. The extensions have a topic
/// each: +Links, +Subscriptions, +Feeds, +Streams, +Comments, +Moderation, +Audience, +Deadlines,
/// +Store, +Notices, +Revocations.
package struct HubCore: Sendable {
    /// What is to be looked at when a time has come.
    enum Deadline: Hashable, Sendable {
        /// Tell a stream's viewers its figures.
        case viewers(stream: String)
        /// End an interrupted stream.
        case grace(stream: String)
        /// See whether a broadcaster came back after the hub's start.
        case control(stream: String)
        case log(channel: String)
        case latest(channel: String)
        case mutes(stream: String)
        case answers
        case policy
        case revocations
    }

    let options: HubOptions
    /// Differs after every start of the hub.
    let identity: UInt64
    package internal(set) var state: HubState
    var sessions = SessionTable()
    var channels = ChannelTable()
    var controllers = ControllerTable()
    var policy: CommentPolicy
    var meters: [String: ViewerMeter] = [:]
    var runningStreams: Set<String> = []
    var deadlines = DeadlineQueue<Deadline>()
    var epochs: EpochSource
    let startedAt: Timestamp
    var now: Timestamp
    /// Whether nothing can be recorded: then nothing is changed either.
    package private(set) var isReadOnly: Bool
    /// How many records there were; a request that adds none need not be remembered.
    private(set) var recordCount: UInt64 = 0
    private var actions: [HubAction] = []
    /// Whether there are plugins that are told what happens once on the node.
    ///
    /// Workers say so, and it holds while all of them are away.
    var keepsNotices: Bool
    /// The link whose worker tells its plugins what happens once on the node.
    var noticeTaker: LinkID?
    /// Seen by plugins while nothing could be recorded.
    var unrecordedNotices: Set<String> = []
    /// Notices that gave way since the start, for the log.
    package internal(set) var droppedNoticeCount = 0
    /// When plugins were told a stream's figures.
    var pluginMeters: [String: ViewerMeter] = [:]
    /// Streams whose viewers or broadcasters changed during the event; `settle` sees to them.
    var changedAudiences: Set<String> = []
    var changedControl: Set<String> = []

    /// A hub with nothing, or with the state that its records rebuilt.
    package init(
        options: HubOptions,
        seed: UInt64,
        state: HubState? = nil,
        isReadOnly: Bool = false,
        now: Timestamp
    ) {
        self.options = options
        self.isReadOnly = isReadOnly
        self.state = state ?? HubState(options: options)
        keepsNotices = !self.state.notices.isEmpty
        policy = CommentPolicy(limits: options.commentLimits)
        epochs = EpochSource(seed: seed)
        identity = epochs.next()
        self.now = now
        startedAt = now
        takeUp()
    }

    /// When `.deadline` is to be handled; nil while nothing is due ever.
    package var nextDeadline: Timestamp? { deadlines.next }
    package var sessionCount: Int { sessions.count }

    package mutating func handle(_ event: HubEvent, now: Timestamp) -> [HubAction] {
        self.now = max(self.now, now)
        meetDeadlines()
        switch event {
        case .linkOpened(let link): sessions.open(link)
        case .linkClosed(let link): close(link)
        case .received(let link, let message): receive(message, from: link)
        case .deadline: break
        case .journalRecovered:
            isReadOnly = false
            recordSeenNotices()
        }
        settle()
        var taken: [HubAction] = []
        swap(&taken, &actions)
        return taken
    }

    /// The one way by which durable state changes.
    mutating func record(_ record: JournalRecord) {
        precondition(!isReadOnly, "a change that cannot be recorded")
        state.apply(record)
        recordCount += 1
        actions.append(.record(record))
    }

    mutating func send(_ message: HubMessage, to link: LinkID) {
        actions.append(.send(link, message))
    }

    mutating func broadcast(_ message: HubMessage, to links: [LinkID]) {
        guard !links.isEmpty else { return }
        actions.append(.broadcast(links, message))
    }

    mutating func drop(_ link: LinkID, _ fault: LinkFault) {
        actions.append(.drop(link, fault))
        close(link)
    }

    /// Sees once to every stream that the event changed, however many sessions it concerned, so
    /// that a worker's death is one count and not thousands.
    private mutating func settle() {
        if !changedControl.isEmpty, !isReadOnly {
            let streams = changedControl.sorted()
            changedControl = []
            for stream in streams { checkControl(of: stream) }
        }
        if !changedAudiences.isEmpty {
            let streams = changedAudiences.sorted()
            changedAudiences = []
            for stream in streams { tellFigures(of: stream) }
        }
    }
}
