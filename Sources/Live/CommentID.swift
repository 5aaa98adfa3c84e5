// SPDX-License-Identifier: Apache-2.0

package import Channels

/// A comment's id: its position on the stream's channel, as `<epoch>-<offset>`.
///
/// So an id needs no index of its own to be found, is never given twice, and stays the same for
/// good.
package struct CommentID: Hashable, Sendable {
    package let position: Position

    package init(_ position: Position) {
        self.position = position
    }

    /// nil for a text that no comment's id is.
    package init?(_ text: String) {
        guard let dash = text.utf8.lastIndex(of: UInt8(ascii: "-")),
            let offset = UInt64(text[text.index(after: dash)...]), offset > 0
        else { return nil }
        position = Position(epoch: String(text[..<dash]), offset: offset)
        // One id has one text: no leading zeros or signs.
        guard self.text == text else { return nil }
    }

    package var text: String { "\(position.epoch)-\(position.offset)" }
}
