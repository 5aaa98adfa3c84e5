// SPDX-License-Identifier: Apache-2.0

/// A channel's name, checked, with what kind of channel it names.
///
/// Printable ASCII without the space (0x21...0x7E), so that a name can stand in logs, URLs and
/// patterns as it is.
package struct ChannelName: Hashable, Sendable {
    /// Most bytes of a name: as in the client protocol's other servers, so that applications move.
    package static let maximumByteCount = 255

    package enum Kind: Hashable, Sendable {
        /// `live:<stream>`: a live stream's channel.
        case live(stream: String)
        /// `#<user>`: a user's own channel.
        case user(String)
        /// Any other name: free JSON, under the manifest's channel rules.
        case feed
    }

    package let text: String
    package let kind: Kind

    package init(_ text: String) throws(ChannelNameError) {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.count <= Self.maximumByteCount else { throw .tooLong }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .illegalCharacter
        }
        self.text = text
        kind = try Self.kind(of: text)
    }

    /// The channel of a stream; nil unless `stream` is a stream's id.
    package init?(stream: String) {
        guard StreamID.isValid(stream) else { return nil }
        text = Self.livePrefix + stream
        kind = .live(stream: stream)
    }

    private static let livePrefix = "live:"

    private static func kind(of text: String) throws(ChannelNameError) -> Kind {
        if text.hasPrefix(livePrefix) {
            let stream = String(text.dropFirst(livePrefix.count))
            guard StreamID.isValid(stream) else { throw .invalidStream }
            return .live(stream: stream)
        }
        if text.utf8.first == UInt8(ascii: "#") {
            guard text.utf8.count > 1 else { throw .missingUser }
            return .user(String(text.dropFirst()))
        }
        return .feed
    }
}

extension ChannelName: CustomStringConvertible {
    package var description: String { text }
}

/// Why a text is not a channel's name.
package enum ChannelNameError: Error, Hashable, CaseIterable, Sendable {
    case empty
    case tooLong
    case illegalCharacter
    /// `live:` without a stream's id behind it.
    case invalidStream
    /// `#` without a user behind it.
    case missingUser
}

extension ChannelNameError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "a channel name must not be empty"
        case .tooLong: "a channel name has at most \(ChannelName.maximumByteCount) bytes"
        case .illegalCharacter: "a channel name is printable ASCII without spaces"
        case .invalidStream: "a stream id matches [a-z0-9][a-z0-9_-]{0,63}"
        case .missingUser: "a user's channel is # and the user's id"
        }
    }
}
