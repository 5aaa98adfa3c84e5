// SPDX-License-Identifier: Apache-2.0

import HubLink

/// What an old worker and its successor tell each other.
///
///     successor                 old worker
///        │  takeOver(format)  →  │   stops its loop
///        │  ← begin, session …,  │   each session with its socket
///        │    end                │   with the hub link's socket
///        │  ready             →  │   everything is understood
///        │  ← go                 │   touches no socket any more
///
/// Until `go` the old worker can take its loop up again as if nothing had been, and does when the
/// successor dies, refuses or takes too long.
enum HandoverMessage {
    /// The form of everything below; a successor that asks in another is refused, and the clients
    /// are asked to reconnect.
    static let format: UInt32 = 5

    case takeOver(format: UInt32)
    case refused
    case begin(WorkerState)
    case session(SessionState)
    case end(HubLinkState)
    case ready
    case go
}

extension HandoverMessage: LinkValue {
    private enum Tag: UInt8 {
        case takeOver = 1
        case refused
        case begin
        case session
        case end
        case ready
        case go
    }

    func encode(into writer: inout LinkWriter) {
        switch self {
        case .takeOver(let format):
            writer.write(Tag.takeOver.rawValue)
            writer.write(format)
        case .refused:
            writer.write(Tag.refused.rawValue)
        case .begin(let state):
            writer.write(Tag.begin.rawValue)
            state.encode(into: &writer)
        case .session(let state):
            writer.write(Tag.session.rawValue)
            state.encode(into: &writer)
        case .end(let state):
            writer.write(Tag.end.rawValue)
            state.encode(into: &writer)
        case .ready:
            writer.write(Tag.ready.rawValue)
        case .go:
            writer.write(Tag.go.rawValue)
        }
    }

    init(from reader: inout LinkReader) throws(LinkError) {
        let tag = try reader.unsigned(UInt8.self)
        switch Tag(rawValue: tag) {
        case .takeOver: self = .takeOver(format: try reader.unsigned(UInt32.self))
        case .refused: self = .refused
        case .begin: self = .begin(try WorkerState(from: &reader))
        case .session: self = .session(try SessionState(from: &reader))
        case .end: self = .end(try HubLinkState(from: &reader))
        case .ready: self = .ready
        case .go: self = .go
        case nil: throw .unknownTag(tag, in: "HandoverMessage")
        }
    }
}
