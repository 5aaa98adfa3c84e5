// SPDX-License-Identifier: Apache-2.0

package import Live

/// What only plugins ask.
extension LiveCommand {
    func encodeMedia(into writer: inout LinkWriter) {
        switch self {
        case .interrupt(let media):
            writer.write(Tag.interrupt.rawValue)
            media.encode(into: &writer)
        case .resume(let media):
            writer.write(Tag.resume.rawValue)
            media.encode(into: &writer)
        case .cue(let cue):
            writer.write(Tag.cue.rawValue)
            cue.encode(into: &writer)
        default:
            preconditionFailure("encode(into:) has others for these")
        }
    }
}

extension LiveCommand.Media: LinkValue {
    package func encode(into writer: inout LinkWriter) {
        writer.write(stream)
        writer.write(generation) { $0.write($1) }
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self.init(
            stream: try reader.string(),
            generation: try reader.optionalUnsigned()
        )
    }
}

extension LiveCommand.Cue: LinkValue {
    package func encode(into writer: inout LinkWriter) {
        writer.write(stream)
        writer.write(name)
        writer.write(data) { $0.write($1) }
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self.init(
            stream: try reader.string(),
            name: try reader.string(),
            data: try reader.optionalByteString()
        )
    }
}

extension UserDisconnect: LinkValue {
    package func encode(into writer: inout LinkWriter) {
        writer.write(user)
        writer.write(reason)
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self.init(user: try reader.string(), reason: try reader.string())
    }
}

extension StoreCommand: LinkValue {
    private enum Tag: UInt8 {
        case get = 1
        case set
        case delete
        case list
    }

    package func encode(into writer: inout LinkWriter) {
        switch self {
        case .get(let key):
            writer.write(Tag.get.rawValue)
            writer.write(key)
        case .set(let set):
            writer.write(Tag.set.rawValue)
            writer.write(set.key)
            writer.write(set.value)
            writer.write(set.version) { $0.write($1) }
        case .delete(let key, let version):
            writer.write(Tag.delete.rawValue)
            writer.write(key)
            writer.write(version) { $0.write($1) }
        case .list(let list):
            writer.write(Tag.list.rawValue)
            writer.write(list.prefix)
            writer.write(list.after)
            writer.write(list.limit)
        }
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        let tag = try reader.unsigned(UInt8.self)
        switch Tag(rawValue: tag) {
        case .get:
            self = .get(key: try reader.string())
        case .set:
            self = .set(
                Set(
                    key: try reader.string(),
                    value: try reader.byteString(),
                    version: try reader.optionalUnsigned()
                )
            )
        case .delete:
            self = .delete(
                key: try reader.string(),
                version: try reader.optionalUnsigned()
            )
        case .list:
            self = .list(
                List(
                    prefix: try reader.string(),
                    after: try reader.string(),
                    limit: try reader.integer()
                )
            )
        case nil:
            throw .unknownTag(tag, in: "StoreCommand")
        }
    }
}

extension PluginNotice: LinkValue {
    package func encode(into writer: inout LinkWriter) {
        writer.write(id)
        writer.write(kind.rawValue)
        writer.write(stream)
        writer.write(json)
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        let id = try reader.string()
        let raw = try reader.unsigned(UInt8.self)
        guard let kind = Kind(rawValue: raw) else {
            throw .unknownTag(raw, in: "PluginNotice.Kind")
        }
        self.init(
            id: id,
            kind: kind,
            stream: try reader.string(),
            json: try reader.byteString()
        )
    }
}

extension LinkReader {
    mutating func optionalUnsigned() throws(LinkError) -> UInt64? {
        try optional { (reader) throws(LinkError) in try reader.unsigned(UInt64.self) }
    }
}
