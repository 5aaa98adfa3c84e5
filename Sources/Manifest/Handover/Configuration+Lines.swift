// SPDX-License-Identifier: Apache-2.0

import Channels

/// The form in which the supervisor hands its children exactly the configuration that it validated.
///
/// One line per value, `key TAB value`; a list has a line per element, or its key alone when it is
/// empty; `[rule]` starts a channel rule. Values hold no control characters, so nothing is escaped.
/// Reading it takes no YAML, which keeps the start of a child short.
extension Configuration {
    private static let header = "tally-configuration 1"
    private static let ruleMark = "[rule]"
    private static let pluginMark = "[plugin]"
    private static let manifestKey = "manifest"
    private static let demoKey = "demo"
    private static let secretKey = "secret"
    private static let publicKeyKey = "public_key"
    private static let certificateKey = "certificate"
    private static let privateKeyKey = "private_key"
    private static let clientAuthoritiesKey = "client_authorities"

    /// - Parameter includingSecret: false for the hub, which checks no token and loads no plugin: it
    ///   is not restarted when plugins change.
    /// - Returns: what `init(decoding:)` takes.
    package func encoded(includingSecret: Bool) -> [UInt8] {
        var lines = [Self.header]
        func append<Root>(_ settings: [Setting<Root>], of root: Root) {
            for setting in settings {
                let values = setting.read(root)
                if values.isEmpty { lines.append(setting.key) }
                for value in values { lines.append(setting.key + "\t" + value) }
            }
        }
        var own = self
        if !includingSecret { own.pluginManifests = [] }
        append(Self.settings, of: own)
        lines.append("\(Self.demoKey)\t\(isDemo)")
        if includingSecret, !tokens.secret.isEmpty {
            lines.append(Self.secretKey + "\t" + Hexadecimal.text(of: tokens.secret.bytes))
        }
        for document in tokens.publicKeys {
            lines.append(Self.publicKeyKey + "\t" + Hexadecimal.text(of: document))
        }
        if includingSecret {
            for material in tls.material {
                lines.append(
                    Self.certificateKey + "\t" + Hexadecimal.text(of: material.certificates)
                )
                lines.append(Self.privateKeyKey + "\t" + Hexadecimal.text(of: material.key.bytes))
            }
            if !tls.clientAuthorities.isEmpty {
                let text = Hexadecimal.text(of: tls.clientAuthorities)
                lines.append(Self.clientAuthoritiesKey + "\t" + text)
            }
        }
        for rule in channels {
            lines.append(Self.ruleMark)
            append(ChannelRule.settings, of: rule)
        }
        for plugin in includingSecret ? plugins : [] {
            lines.append(Self.pluginMark)
            lines.append("\(Self.manifestKey)\t\(plugin.manifest)")
            let text = String(decoding: plugin.settings, as: UTF8.self)
            lines.append("\(PluginSettings.settingsKey)\t\(text)")
            append(PluginSettings.settings, of: plugin)
        }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    package init(decoding bytes: [UInt8]) throws(HandoverError) {
        self.init()
        channels = []
        let lines = String(decoding: bytes, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: true)
        let marks = [Self.ruleMark, Self.pluginMark].map { Substring($0) }
        var groups: [[Substring]] = [[]]
        for line in lines {
            if marks.contains(line) { groups.append([]) }
            groups[groups.count - 1].append(line)
        }
        guard groups[0].first.map(String.init) == Self.header else { throw .unknownVersion }
        var own = try HandoverLines(groups.removeFirst().dropFirst())
        isDemo = own.take(Self.demoKey) == ["true"]
        if let text = own.take(Self.secretKey)?.first {
            guard let secret = Hexadecimal.bytes(of: text) else {
                throw .badValue(key: Self.secretKey)
            }
            tokens.secret = Secret(secret)
        }
        for text in own.take(Self.publicKeyKey) ?? [] {
            guard let document = Hexadecimal.bytes(of: text) else {
                throw .badValue(key: Self.publicKeyKey)
            }
            tokens.publicKeys.append(document)
        }
        let certificates = try own.takeBytes(Self.certificateKey)
        let keys = try own.takeBytes(Self.privateKeyKey)
        guard certificates.count == keys.count else { throw .badValue(key: Self.privateKeyKey) }
        tls.material = zip(certificates, keys).map {
            CertificateMaterial(certificates: $0, key: Secret($1))
        }
        tls.clientAuthorities = try own.takeBytes(Self.clientAuthoritiesKey).first ?? []
        try own.apply(Self.settings, to: &self)
        for group in groups {
            var lines = try HandoverLines(group.dropFirst())
            if group.first == Substring(Self.ruleMark) {
                var rule = ChannelRule.blank
                try lines.apply(ChannelRule.settings, to: &rule)
                channels.append(rule)
            } else {
                plugins.append(try Self.plugin(&lines))
            }
        }
    }

    private static func plugin(_ lines: inout HandoverLines) throws(HandoverError) -> PluginSettings
    {
        var plugin = PluginSettings()
        guard let manifest = lines.take(manifestKey)?.first else {
            throw .missingKey(manifestKey)
        }
        guard let settings = lines.take(PluginSettings.settingsKey)?.first else {
            throw .missingKey(PluginSettings.settingsKey)
        }
        plugin.manifest = manifest
        plugin.settings = Array(settings.utf8)
        try lines.apply(PluginSettings.settings, to: &plugin)
        return plugin
    }
}

/// Bytes that are not a configuration of this very version of Tally.
package enum HandoverError: Error, Hashable, Sendable {
    case unknownVersion
    case unknownKey(String)
    case missingKey(String)
    case badValue(key: String)
}

/// The values of one group of lines, by key.
private struct HandoverLines {
    private var values: [String: [String]] = [:]

    init(_ lines: ArraySlice<Substring>) throws(HandoverError) {
        for line in lines {
            let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
            values[String(parts[0]), default: []] += parts.dropFirst().map(String.init)
        }
    }

    mutating func take(_ key: String) -> [String]? {
        values.removeValue(forKey: key)
    }

    /// Every value of a key whose values are bytes.
    mutating func takeBytes(_ key: String) throws(HandoverError) -> [[UInt8]] {
        var values: [[UInt8]] = []
        for text in take(key) ?? [] {
            guard let bytes = Hexadecimal.bytes(of: text) else { throw .badValue(key: key) }
            values.append(bytes)
        }
        return values
    }

    /// Takes every setting's value, and accepts nothing besides.
    mutating func apply<Root>(
        _ settings: [Setting<Root>],
        to root: inout Root
    ) throws(HandoverError) {
        for setting in settings {
            guard let texts = take(setting.key) else { throw .missingKey(setting.key) }
            do throws(InvalidValue) {
                try setting.apply(&root, texts)
            } catch {
                throw .badValue(key: setting.key)
            }
        }
        if let unknown = values.keys.min() { throw .unknownKey(unknown) }
    }
}

/// Bytes as pairs of hexadecimal digits.
enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(of bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 0xF)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Returns: nil for an odd count or anything but lower-case digits.
    static func bytes(of text: String) -> [UInt8]? {
        let halves = text.utf8.map { byte -> Int? in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a")) + 10
            default: nil
            }
        }
        guard halves.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: halves.count, by: 2) {
            guard let high = halves[index], let low = halves[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}
