// SPDX-License-Identifier: Apache-2.0

package import Channels

/// How a worker may treat a publication on its way to the viewers.
package enum PublicationHandling: Hashable, Sendable {
    /// Every viewer gets it, and it may wait a moment for others of its channel.
    case message

    /// Changes what viewers see or may do: never held back.
    case control

    /// Only the newest of its channel matters: it replaces one that still waits.
    case latest

    /// A viewer's comment, which may be left out where nobody could read them all.
    ///
    /// Its author sees it in any case; a session's id alone is one of several workers'.
    case comment(by: SessionID, ClientID)
}

extension PublicationHandling: LinkValue {
    private enum Tag: UInt8 {
        case message = 1
        case control
        case latest
        case comment
    }

    package func encode(into writer: inout LinkWriter) {
        switch self {
        case .message: writer.write(Tag.message.rawValue)
        case .control: writer.write(Tag.control.rawValue)
        case .latest: writer.write(Tag.latest.rawValue)
        case .comment(let session, let client):
            writer.write(Tag.comment.rawValue)
            session.encode(into: &writer)
            writer.write(client.high)
            writer.write(client.low)
        }
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        let tag = try reader.unsigned(UInt8.self)
        switch Tag(rawValue: tag) {
        case .message: self = .message
        case .control: self = .control
        case .latest: self = .latest
        case .comment:
            self = .comment(
                by: try SessionID(from: &reader),
                ClientID(
                    high: try reader.unsigned(UInt64.self),
                    low: try reader.unsigned(UInt64.self)
                )
            )
        case nil: throw .unknownTag(tag, in: "PublicationHandling")
        }
    }
}
