// SPDX-License-Identifier: Apache-2.0

import Channels
import JSON

/// Reads a token's payload; nothing here trusts its signer.
package enum ClaimsReader {
    package static func read(_ payload: [UInt8]) throws(TokenError) -> Claims {
        guard payload.count <= TokenLimit.token else { throw .oversized }
        let limits = JSONLimits(
            maximumByteCount: TokenLimit.token,
            maximumDepth: TokenLimit.depth
        )
        guard let root = try? JSONValue.parse(payload, limits: limits), root.isObject else {
            throw .malformed
        }
        var claims = Claims(user: try name("sub", of: root) ?? "")
        claims.expiresAt = try time("exp", of: root)
        claims.issuedAt = try time("iat", of: root)
        claims.notBefore = try time("nbf", of: root)
        claims.tokenID = try name("jti", of: root)
        claims.issuer = try name("iss", of: root)
        claims.audiences = try audiences(of: root)
        claims.capabilities = try capabilities(of: root)
        claims.channel = try name("channel", of: root)
        if claims.channel?.isEmpty == true { throw .badClaim("channel") }
        if let info = present("info", in: root) {
            claims.info = try profile(payload)
            claims.name = info["name"]?.string ?? ""
        }
        return claims
    }

    private static func name(_ claim: String, of root: JSONValue) throws(TokenError) -> String? {
        guard let value = present(claim, in: root) else { return nil }
        guard let text = value.string, isName(text) else { throw .badClaim(claim) }
        return text
    }

    /// Names go into logs and channel names: no control characters.
    private static func isName(_ text: String) -> Bool {
        text.utf8.count <= TokenLimit.name && !text.utf8.contains { $0 < 0x20 || $0 == 0x7F }
    }

    /// A NumericDate (RFC 7519 §2), rounded down to seconds.
    private static func time(_ claim: String, of root: JSONValue) throws(TokenError) -> Int64? {
        guard let value = present(claim, in: root) else { return nil }
        guard let number = value.number,
            number.magnitude <= Double(TokenLimit.latestTime),
            let seconds = Int64(exactly: number.rounded(.down))
        else { throw .badClaim(claim) }
        return seconds
    }

    /// One string or an array of such (RFC 7519 §4.1.3).
    private static func audiences(of root: JSONValue) throws(TokenError) -> [String] {
        guard let value = present("aud", in: root) else { return [] }
        guard value.isArray else { return [try name("aud", of: root) ?? ""] }
        guard value.count <= TokenLimit.audiences else { throw .badClaim("aud") }
        var audiences: [String] = []
        for element in value.elements {
            guard let text = element.string, isName(text) else { throw .badClaim("aud") }
            audiences.append(text)
        }
        return audiences
    }

    private static func capabilities(of root: JSONValue) throws(TokenError) -> [Capability] {
        guard let value = present("caps", in: root) else { return [] }
        guard value.isArray, value.count <= TokenLimit.capabilities else {
            throw .badClaim("caps")
        }
        var capabilities: [Capability] = []
        for element in value.elements {
            guard let capability = capability(element) else { throw .badClaim("caps") }
            capabilities.append(capability)
        }
        return capabilities
    }

    private static func capability(_ value: JSONValue) -> Capability? {
        guard value.isObject, let names = value["channels"], names.isArray,
            (1...TokenLimit.channelsPerCapability).contains(names.count),
            let words = value["allow"], words.isArray, words.count <= TokenLimit.allowances
        else { return nil }

        var match = Capability.Match.exact
        if let value = present("match", in: value) {
            guard let named = value.string.flatMap(Capability.Match.init) else { return nil }
            match = named
        }
        var channels: [String] = []
        for name in names.elements {
            guard let channel = name.string, !channel.isEmpty, isName(channel) else { return nil }
            channels.append(channel)
        }
        var allow: Permissions = []
        for word in words.elements {
            guard let name = word.string.flatMap(PermissionName.init) else { return nil }
            allow.formUnion(name.permission)
        }
        return Capability(channels: channels, match: match, allow: allow)
    }

    /// `info` as its issuer wrote it, without the white space that could break a line.
    private static func profile(_ payload: [UInt8]) throws(TokenError) -> [UInt8] {
        let text = payload.span
        guard let range = JSONText.member("info", of: 0..<text.count, in: text) else {
            throw .badClaim("info")
        }
        let info = JSONText.compact(text, range)
        guard info.count <= TokenLimit.info else { throw .badClaim("info") }
        return info
    }

    /// A claim that is `null` counts as absent.
    private static func present(_ claim: String, in object: JSONValue) -> JSONValue? {
        guard let value = object[claim], !value.isNull else { return nil }
        return value
    }
}
