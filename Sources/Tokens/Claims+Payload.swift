// SPDX-License-Identifier: Apache-2.0

import Channels
import JSON

extension Claims {
    /// The claims as a token's payload.
    package func payload() -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        if !user.isEmpty { writer.member("sub", string: user) }
        if let expiresAt { writer.member("exp", integer: expiresAt) }
        if let issuedAt { writer.member("iat", integer: issuedAt) }
        if let notBefore { writer.member("nbf", integer: notBefore) }
        if let tokenID { writer.member("jti", string: tokenID) }
        if let issuer { writer.member("iss", string: issuer) }
        if !audiences.isEmpty {
            writer.key("aud")
            writer.strings(audiences)
        }
        if let channel { writer.member("channel", string: channel) }
        if !info.isEmpty { writer.member("info", raw: info) }
        if !capabilities.isEmpty {
            writer.key("caps")
            writer.beginArray()
            for capability in capabilities { writer.capability(capability) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func capability(_ capability: Capability) {
        beginObject()
        key("channels")
        strings(capability.channels)
        member("match", string: capability.match.rawValue)
        key("allow")
        strings(
            PermissionName.allCases.filter { capability.allow.contains($0.permission) }
                .map(\.rawValue)
        )
        endObject()
    }

    fileprivate mutating func strings(_ texts: [String]) {
        beginArray()
        for text in texts { string(text) }
        endArray()
    }
}
