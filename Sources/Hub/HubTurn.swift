// SPDX-License-Identifier: Apache-2.0

import HubLink
import Journal

/// The actions of one loop turn: records first, messages after.
///
/// Whoever runs the turn commits `takeRecords()` as one group, and sends `takeMessages()` only when
/// that succeeded: so nothing is acknowledged or told that could be lost.
struct HubTurn {
    enum Message {
        case one(LinkID, HubMessage)
        case many([LinkID], HubMessage)
        case drop(LinkID, LinkFault)
    }

    private var records: [JournalRecord] = []
    private var messages: [Message] = []

    mutating func collect(_ actions: [HubAction]) {
        for action in actions {
            switch action {
            case .record(let record): records.append(record)
            case .send(let link, let message): messages.append(.one(link, message))
            case .broadcast(let links, let message): messages.append(.many(links, message))
            case .drop(let link, let fault): messages.append(.drop(link, fault))
            }
        }
    }

    mutating func takeRecords() -> [JournalRecord] {
        defer { records = [] }
        return records
    }

    mutating func takeMessages() -> [Message] {
        defer { messages = [] }
        return messages
    }
}
