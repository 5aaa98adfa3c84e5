// SPDX-License-Identifier: Apache-2.0

/// What a client or a plugin asks of a live stream: one case per method, decoded and within its
/// limits.
///
/// JSON values cross as compact JSON text in bytes. No RPC of a client is `interrupt`, `resume` or
/// `cue`: these are plugins'.
package enum LiveCommand: Hashable, Sendable {
    case start(Start)
    case update(Update)
    case stop(Stop)
    case get(stream: String)
    case list(List)
    case mode(Mode)
    case sendComment(SendComment)
    case deleteComment(stream: String, id: String)
    case timeoutUser(stream: String, user: String, seconds: Int64, reason: String?)
    case banUser(stream: String, user: String, reason: String?)
    case unbanUser(stream: String, user: String, reason: String?)
    /// The stream's media is gone.
    case interrupt(Media)
    /// The stream's media is back.
    case resume(Media)
    case cue(Cue)

    package struct Start: Hashable, Sendable {
        package var stream: String
        package var title: String?
        /// The broadcaster's own JSON object.
        package var meta: [UInt8]?
        /// Whether the stream lives on without a broadcaster's connection.
        package var keep: Bool
        package var idempotencyKey: String?

        package init(
            stream: String,
            title: String? = nil,
            meta: [UInt8]? = nil,
            keep: Bool = false,
            idempotencyKey: String? = nil
        ) {
            self.stream = stream
            self.title = title
            self.meta = meta
            self.keep = keep
            self.idempotencyKey = idempotencyKey
        }
    }

    package struct Update: Hashable, Sendable {
        package var stream: String
        package var title: String?
        package var meta: [UInt8]?

        package init(
            stream: String,
            title: String? = nil,
            meta: [UInt8]? = nil
        ) {
            self.stream = stream
            self.title = title
            self.meta = meta
        }
    }

    package struct Stop: Hashable, Sendable {
        package var stream: String
        package var reason: String?
        /// Refused as stale unless it is the running one.
        package var generation: UInt64?

        package init(
            stream: String,
            reason: String? = nil,
            generation: UInt64? = nil
        ) {
            self.stream = stream
            self.reason = reason
            self.generation = generation
        }
    }

    package struct List: Hashable, Sendable {
        package var state: StreamState?
        /// Opaque: the last answer's `cursor`.
        package var cursor: String?
        package var limit: Int
        /// Stream ids, and patterns of them with `*`, that the asking session may see.
        package var visibleStreams: [String]

        package init(
            state: StreamState? = nil,
            cursor: String? = nil,
            limit: Int,
            visibleStreams: [String] = ["*"]
        ) {
            self.state = state
            self.cursor = cursor
            self.limit = limit
            self.visibleStreams = visibleStreams
        }
    }

    package struct Mode: Hashable, Sendable {
        package var stream: String
        /// Least seconds between two comments of one user; 0 turns slow mode off.
        package var slowSeconds: Int64?

        package init(
            stream: String,
            slowSeconds: Int64? = nil
        ) {
            self.stream = stream
            self.slowSeconds = slowSeconds
        }
    }

    package struct SendComment: Hashable, Sendable {
        package var stream: String
        /// Trimmed and checked.
        package var text: String
        package var replyTo: String?
        package var idempotencyKey: String?
        /// Shown beside the comment in place of its author's profile; only a plugin sets it.
        package var name: String?

        package init(
            stream: String,
            text: String,
            replyTo: String? = nil,
            idempotencyKey: String? = nil,
            name: String? = nil
        ) {
            self.stream = stream
            self.text = text
            self.replyTo = replyTo
            self.idempotencyKey = idempotencyKey
            self.name = name
        }
    }

    /// What happened to the media of a running stream.
    package struct Media: Hashable, Sendable {
        package var stream: String
        /// Refused as stale unless it is the running one.
        package var generation: UInt64?

        package init(stream: String, generation: UInt64? = nil) {
            self.stream = stream
            self.generation = generation
        }
    }

    /// Something that every viewer is to act on at this point of the broadcast.
    package struct Cue: Hashable, Sendable {
        package var stream: String
        package var name: String
        /// A JSON value.
        package var data: [UInt8]?

        package init(stream: String, name: String, data: [UInt8]? = nil) {
            self.stream = stream
            self.name = name
            self.data = data
        }
    }
}

/// Where a stream is in its life cycle.
package enum StreamState: String, CaseIterable, Sendable {
    case offline
    case live
    case interrupted
}
