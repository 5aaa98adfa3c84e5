// SPDX-License-Identifier: Apache-2.0

package import Channels
package import ClientProtocol

extension SessionID: LinkValue {
    package func encode(into writer: inout LinkWriter) {
        writer.write(rawValue)
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self.init(rawValue: try reader.unsigned(UInt64.self))
    }
}

extension RequestID: LinkValue {
    package func encode(into writer: inout LinkWriter) {
        writer.write(rawValue)
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self.init(rawValue: try reader.unsigned(UInt64.self))
    }
}

extension Position: LinkValue {
    package func encode(into writer: inout LinkWriter) {
        writer.write(epoch)
        writer.write(offset)
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self.init(epoch: try reader.string(), offset: try reader.unsigned(UInt64.self))
    }
}

extension ClientInfo: LinkValue {
    package func encode(into writer: inout LinkWriter) {
        writer.write(user)
        writer.write(client.high)
        writer.write(client.low)
        writer.write(connectionInfo)
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self.init(
            user: try reader.string(),
            client: ClientID(
                high: try reader.unsigned(UInt64.self),
                low: try reader.unsigned(UInt64.self)
            ),
            connectionInfo: try reader.byteString()
        )
    }
}

extension SessionIdentity: LinkValue {
    package func encode(into writer: inout LinkWriter) {
        info.encode(into: &writer)
        writer.write(name)
        writer.write(controlledStreams) { $0.write($1) }
        writer.write(isViewer)
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self.init(
            info: try ClientInfo(from: &reader),
            name: try reader.string(),
            controlledStreams: try reader.list { (reader) throws(LinkError) in
                try reader.string()
            },
            isViewer: try reader.bool()
        )
    }
}

extension ErrorReply: LinkValue {
    package func encode(into writer: inout LinkWriter) {
        writer.write(code)
        writer.write(message)
        writer.write(isTemporary)
        writer.write(retryAfterMilliseconds) { $0.write($1) }
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self.init(
            code: try reader.unsigned(UInt32.self),
            message: try reader.string(),
            isTemporary: try reader.bool(),
            retryAfterMilliseconds: try reader.optional { (reader) throws(LinkError) in
                try reader.signed()
            }
        )
    }
}
