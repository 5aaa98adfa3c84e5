// SPDX-License-Identifier: Apache-2.0

import Channels
package import JSON

/// An event of the journal with what an export needs of it.
package struct ExportedEvent {
    package let event: JournaledEvent
    package let type: String
    package let generation: UInt64
    /// The publication's `data`.
    package let data: JSONValue

    /// What the hub wrote is far below.
    private static let limits = JSONLimits(maximumByteCount: 1 << 20, maximumDepth: 32)

    /// nil for what is no event of a stream.
    package init?(_ event: JournaledEvent) {
        guard let publication = try? JSONValue.parse(event.publication, limits: Self.limits),
            let data = publication["data"], let type = data["type"]?.string,
            let generation = data["generation"]?.integer, generation >= 0
        else { return nil }
        self.event = event
        self.type = type
        self.generation = UInt64(generation)
        self.data = data
    }

    /// Whether it is a comment that was not deleted.
    package var isComment: Bool { type == "comment" && !event.isDeletedComment }

    package func text(_ member: String) -> String { data[member]?.string ?? "" }

    /// Whom a comment is shown to be by: the name, else the user.
    package var shownName: String {
        let name = text("name")
        return name.isEmpty ? text("user") : name
    }
}
