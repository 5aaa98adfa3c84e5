// SPDX-License-Identifier: Apache-2.0

import Channels
package import Live

extension RevocationCommand: LinkValue {
    package func encode(into writer: inout LinkWriter) {
        target.encode(into: &writer)
        writer.write(issuedBefore) { $0.write($1) }
        writer.write(expiresAt) { $0.write($1) }
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self.init(
            target: try TokenRevocation.Target(from: &reader),
            issuedBefore: try reader.optionalSigned(),
            expiresAt: try reader.optionalSigned()
        )
    }
}

extension TokenRevocation: LinkValue {
    package func encode(into writer: inout LinkWriter) {
        target.encode(into: &writer)
        writer.write(issuedBefore)
        writer.write(until.milliseconds)
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self.init(
            target: try Target(from: &reader),
            issuedBefore: try reader.signed(),
            until: Timestamp(milliseconds: try reader.signed())
        )
    }
}

extension TokenRevocation.Target: LinkValue {
    package func encode(into writer: inout LinkWriter) {
        writer.write(number)
        writer.write(name)
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        let number = try reader.unsigned(UInt8.self)
        let name = try reader.string()
        guard let target = Self(number: number, name: name) else {
            throw .unknownTag(number, in: "TokenRevocation.Target")
        }
        self = target
    }
}

extension LinkReader {
    fileprivate mutating func optionalSigned() throws(LinkError) -> Int64? {
        try optional { (reader) throws(LinkError) in try reader.signed() }
    }
}
