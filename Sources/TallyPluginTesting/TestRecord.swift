// SPDX-License-Identifier: Apache-2.0

public import TallyPlugin

/// What a plugin asked of its host.
public struct TestRecord: Sendable {
    /// A line of the log.
    public struct Line: Hashable, Sendable {
        /// How severe it is.
        public let level: LogLevel
        /// What it says.
        public let message: String
        /// Its fields, an object.
        public let fields: JSON

        /// A line, to compare with.
        public init(level: LogLevel, message: String, fields: JSON) {
            self.level = level
            self.message = message
            self.fields = fields
        }
    }

    /// Something asked of the node.
    public struct NodeCall: Hashable, Sendable {
        /// The method's name.
        public let method: String
        /// Its parameters.
        public let parameters: JSON

        /// A call, to compare with.
        public init(method: String, parameters: JSON) {
            self.method = method
            self.parameters = parameters
        }
    }

    /// Something sent to a client.
    public struct Message: Hashable, Sendable {
        /// To whom.
        public let session: UInt64
        /// What.
        public let data: JSON

        /// A message, to compare with.
        public init(session: UInt64, data: JSON) {
            self.session = session
            self.data = data
        }
    }

    /// A connection that was closed.
    public struct Disconnection: Hashable, Sendable {
        /// Whose.
        public let session: UInt64
        /// The close code.
        public let code: UInt16
        /// The close reason.
        public let reason: String

        /// A disconnection, to compare with.
        public init(session: UInt64, code: UInt16, reason: String) {
            self.session = session
            self.code = code
            self.reason = reason
        }
    }

    /// A subscription that was ended.
    public struct Unsubscription: Hashable, Sendable {
        /// Whose.
        public let session: UInt64
        /// To what.
        public let channel: String

        /// An unsubscription, to compare with.
        public init(session: UInt64, channel: String) {
            self.session = session
            self.channel = channel
        }
    }

    /// What was logged.
    public internal(set) var log: [Line] = []
    /// Without those of the store.
    public internal(set) var calls: [NodeCall] = []
    /// What was sent to clients.
    public internal(set) var messages: [Message] = []
    /// Which connections were closed.
    public internal(set) var disconnections: [Disconnection] = []
    /// Which subscriptions were ended.
    public internal(set) var unsubscriptions: [Unsubscription] = []
    /// How many calls were answered later.
    public internal(set) var deferrals = 0
    /// The counters, by name.
    public internal(set) var counters: [String: UInt64] = [:]
    /// The gauges, by name.
    public internal(set) var gauges: [String: Int64] = [:]
}
