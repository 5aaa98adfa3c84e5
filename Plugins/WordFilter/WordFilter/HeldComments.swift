// SPDX-License-Identifier: Apache-2.0

import TallyPlugin

/// Comments that wait for a moderator, in the node's store.
@Loop
struct HeldComments {
    let host: Host
    /// Of one stream.
    let maximumCount: Int

    /// So many in one answer.
    private static let pageCount: Int64 = 50

    private static func prefix(_ stream: String) -> String { "held/\(stream)/" }

    private static let unknown = HostError.refused(code: 1_002, message: "no such held comment")

    /// False: there is no room, or no store.
    func keep(_ call: CommentCall, rule: String) async -> Bool {
        let prefix = Self.prefix(call.stream)
        // Sorted by time; two workers, or two calls, never make the same.
        let id = "\(call.time)-\(host.workerIndex)-\(call.ticket)"
        do {
            let others = try await host.store.list(prefix: prefix, limit: Int64(maximumCount))
            guard others.keys.count < maximumCount else {
                host.count("hold_full")
                return false
            }
            try await host.store.set(
                prefix + id,
                to: [
                    "id": .string(id), "stream": .string(call.stream), "user": .string(call.user),
                    "name": .string(call.name), "text": .string(call.text),
                    "reply_to": call.content.replyTo.map { .string($0) } ?? nil,
                    "at": .integer(call.time), "rule": .string(rule),
                ],
                ifVersion: 0
            )
            return true
        } catch {
            host.log("cannot hold a comment", ["error": .string("\(error)")], level: .error)
            return false
        }
    }

    /// `{"comments": [...], "more": bool}`, oldest first.
    func list(_ stream: String, after id: String?) async throws(HostError) -> JSON {
        let prefix = Self.prefix(stream)
        let page = try await host.store.list(
            prefix: prefix,
            after: id.map { prefix + $0 } ?? "",
            limit: Self.pageCount
        )
        var comments: [JSON] = []
        for key in page.keys {
            // One that was dealt with meanwhile is gone.
            if let entry = try await host.store.get(key) { comments.append(entry.value) }
        }
        return ["comments": .array(comments), "more": .bool(page.hasMore)]
    }

    /// Publishes it, under its author's name, and forgets it.
    func release(_ stream: String, _ id: String) async throws(HostError) -> JSON {
        let key = Self.prefix(stream) + id
        guard let entry = try await host.store.get(key) else { throw Self.unknown }
        // With its id as idempotency key: released twice, it is published once.
        let result = try await host.call(
            "comment.send",
            [
                "stream": .string(stream), "text": entry.value["text"] ?? "",
                "name": entry.value["name"] ?? "", "idempotency_key": .string(id),
            ]
        )
        try await host.store.delete(key)
        return result
    }

    func drop(_ stream: String, _ id: String) async throws(HostError) -> JSON {
        let key = Self.prefix(stream) + id
        guard try await host.store.get(key) != nil else { throw Self.unknown }
        try await host.store.delete(key)
        return [:]
    }
}
