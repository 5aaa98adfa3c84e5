// SPDX-License-Identifier: Apache-2.0

import ClientProtocol
import Live

/// What a command costs: each class has a budget of its own beside the one for all commands.
enum CommandClass: CaseIterable {
    /// Goes out to every subscriber and into the journal: `publish` and comments.
    case publish
    /// Changes what streams, users and tokens may do: journaled, told to every worker.
    case control
    /// Asks the hub for what may be much: history, presence, snapshots.
    case query
    /// Changes who is subscribed: counted, told to others where the channel says so.
    case subscribe
    /// All others, among them pings and the methods of plugins: the budget for all commands is theirs.
    case other

    init(_ body: Command.Body) {
        self =
            switch body {
            case .publish: .publish
            case .history, .presence, .presenceStats: .query
            case .subscribe, .unsubscribe, .subRefresh: .subscribe
            case .rpc(let method, _): Self.ofRPC(method)
            case .connect, .ping, .send, .refresh, .pong, .unknown: .other
            }
    }

    private static func ofRPC(_ method: String) -> CommandClass {
        switch LiveCommand.Method(rawValue: method) {
        case .sendComment: .publish
        case .get, .list: .query
        case .start, .update, .stop, .mode, .deleteComment, .timeoutUser, .banUser, .unbanUser:
            .control
        case nil: OperatorCommand.Method(rawValue: method) == nil ? .other : .control
        }
    }
}

extension LiveCommand {
    /// Whether it is of the class `query`.
    var isQuery: Bool {
        switch self {
        case .get, .list: true
        default: false
        }
    }
}
