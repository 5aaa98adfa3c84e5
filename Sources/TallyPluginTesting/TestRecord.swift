// SPDX-License-Identifier: Apache-2.0

public import TallyPlugin

/// What a plugin asked of its host.
public struct TestRecord: Sendable {
    public struct Line: Hashable, Sendable {
        public let level: LogLevel
        public let message: String
        public let fields: JSON

        public init(level: LogLevel, message: String, fields: JSON) {
            self.level = level
            self.message = message
            self.fields = fields
        }
    }

    public struct NodeCall: Hashable, Sendable {
        public let method: String
        public let parameters: JSON

        public init(method: String, parameters: JSON) {
            self.method = method
            self.parameters = parameters
        }
    }

    public struct Message: Hashable, Sendable {
        public let session: UInt64
        public let data: JSON

        public init(session: UInt64, data: JSON) {
            self.session = session
            self.data = data
        }
    }

    public struct Disconnection: Hashable, Sendable {
        public let session: UInt64
        public let code: UInt16
        public let reason: String

        public init(session: UInt64, code: UInt16, reason: String) {
            self.session = session
            self.code = code
            self.reason = reason
        }
    }

    public struct Unsubscription: Hashable, Sendable {
        public let session: UInt64
        public let channel: String

        public init(session: UInt64, channel: String) {
            self.session = session
            self.channel = channel
        }
    }

    public internal(set) var log: [Line] = []
    /// Without those of the store.
    public internal(set) var calls: [NodeCall] = []
    public internal(set) var messages: [Message] = []
    public internal(set) var disconnections: [Disconnection] = []
    public internal(set) var unsubscriptions: [Unsubscription] = []
    public internal(set) var counters: [String: UInt64] = [:]
    public internal(set) var gauges: [String: Int64] = [:]
}
