// SPDX-License-Identifier: Apache-2.0

/// One thing that a run's clients saw or did, in the order in which it happened.
package struct HistoryEvent: Sendable {
    /// Since the run's start.
    package let at: Duration
    /// Who saw it; empty for the run itself.
    package let client: String
    package let what: What

    package init(_ at: Duration, _ client: String, _ what: What) {
        self.at = at
        self.client = client
        self.what = what
    }

    package enum What: Sendable {
        /// Something was broken on purpose, and with it these workers.
        case fault(String, workers: Set<Int> = [])
        /// All that was broken has been put right, and every process says that it serves.
        case healed

        case connected(worker: Int)
        /// `isOwn`: the client broke the connection itself, or never had one.
        case disconnected(reason: String, isOwn: Bool = false)
        /// The server sent the client away for good, or ended a subscription for good.
        case sentAway(reason: String)

        case subscribed(Subscribed)
        /// A publication that came by itself, on a channel that the client is subscribed to.
        case delivered(channel: String, Entry)
        /// A publication of a feed that keeps none, which has no place.
        case told(channel: String, text: String)
        /// Part of a channel's history, asked for at `askedAt`.
        case history(channel: String, epoch: String, askedAt: Duration, [Entry])
        /// A channel's whole history, at the end of the run.
        case finalHistory(channel: String, epoch: String, askedAt: Duration, [Entry])

        case asked(request: Int, Ask)
        case answered(request: Int, Answer)

        /// From now on nothing changes who is there.
        case quiet
        /// How many viewers the server counts on a channel, and how many there are.
        case counted(channel: String, expected: Int, seen: Int)
        /// What a process, or all of them, has of something that must not grow.
        case inventory(what: String, atStart: Int, now: Int)
        /// Something that the service owed did not come within its deadline.
        case overdue(String)
    }

    package struct Entry: Sendable {
        package let offset: UInt64
        package let content: Content

        package init(_ offset: UInt64, _ content: Content) {
            self.offset = offset
            self.content = content
        }
    }

    /// The answer to a subscription.
    package struct Subscribed: Sendable {
        package let channel: String
        package let epoch: String
        package let offset: UInt64
        /// nil: it did not ask to recover.
        package let recovered: Bool?
        package let missed: [Entry]
        /// Of the stream, as its snapshot says.
        package let generation: Int64
        /// Not later than it was asked.
        package let askedAt: Duration

        package init(
            channel: String,
            epoch: String,
            offset: UInt64,
            recovered: Bool?,
            missed: [Entry] = [],
            generation: Int64 = 0,
            askedAt: Duration
        ) {
            self.channel = channel
            self.epoch = epoch
            self.offset = offset
            self.recovered = recovered
            self.missed = missed
            self.generation = generation
            self.askedAt = askedAt
        }
    }

    /// What a client asked on a stream's channel.
    package enum Ask: Sendable {
        /// A repeated attempt has the same text, and a request number of its own.
        case comment(channel: String, user: String, text: String)
        case delete(channel: String, comment: String)
        case timeout(channel: String, user: String, seconds: Int64)
        case ban(channel: String, user: String)
        case unban(channel: String, user: String)
        /// On a feed; each has a text of its own.
        case publish(channel: String, text: String)
        case start(channel: String)
        case stop(channel: String)
    }

    package enum Answer: Sendable {
        case comment(id: String, epoch: String, offset: UInt64)
        case generation(Int64)
        case done
        case refused(code: UInt32)
        /// The connection went first: it may or may not have been done.
        case lost
    }
}
