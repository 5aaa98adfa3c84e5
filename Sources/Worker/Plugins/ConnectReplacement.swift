// SPDX-License-Identifier: Apache-2.0

import JSON
import Tokens

/// What a plugin answers to a `connect`: who it is, what it may do, and what it is told.
struct ConnectReplacement {
    /// JSON text; empty when there is none.
    let data: [UInt8]
    let channels: [String]
    private let read: Claims
    /// What it says in the token's place.
    let parts: Identity.Parts

    /// Channels that a connection may be subscribed to by a plugin.
    private static let maximumChannelCount = 128

    /// nil for an object whose members are not what they should be.
    init?(_ object: [UInt8]) {
        let limits = JSONLimits(maximumByteCount: 1 << 20, maximumDepth: 32)
        guard let value = try? JSONValue.parse(object, limits: limits), value.isObject else {
            return nil
        }
        var writer = JSONWriter(capacity: object.count)
        writer.beginObject()
        for (name, claim) in [("user", "sub"), ("info", "info"), ("caps", "caps")] {
            if let text = HookData.member(name, of: object) { writer.member(claim, raw: text) }
        }
        writer.endObject()
        guard let read = try? ClaimsReader.read(writer.bytes) else { return nil }
        self.read = read
        var parts: Identity.Parts = []
        if HookData.member("user", of: object) != nil { parts.insert(.user) }
        if HookData.member("info", of: object) != nil { parts.insert(.info) }
        if HookData.member("caps", of: object) != nil { parts.insert(.capabilities) }
        self.parts = parts
        data = HookData.member("data", of: object) ?? []
        var channels: [String] = []
        if let list = value["channels"], !list.isNull {
            guard list.isArray, list.count <= Self.maximumChannelCount else { return nil }
            for element in list.elements {
                guard let name = element.string else { return nil }
                channels.append(name)
            }
        }
        self.channels = channels
    }

    /// The token's claims with the plugin's in their place.
    func claims(instead token: Claims) -> Claims { token.with(parts, of: read) }
}
