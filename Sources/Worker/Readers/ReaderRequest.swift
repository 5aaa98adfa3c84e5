// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HTTP
import Manifest

/// What a request for a channel asks, `GET /channels/<channel>`, from a client without a WebSocket.
struct ReaderRequest: Hashable {
    enum Kind: Hashable {
        /// Server-sent events: one answer without end.
        case events
        /// What came since a position, at once or when there is something.
        case poll
    }

    static let pathPrefix = "/channels/"
    /// Digits of a position's offset: those of the largest 64-bit integer.
    private static let maximumOffsetDigitCount = 20

    let kind: Kind
    let channel: String
    let token: String?
    let subscriptionToken: String?
    let since: Position?
    /// How long to wait for news; zero: not at all.
    let wait: Duration

    /// - Throws: error 101 for credentials of another kind, 107 for what makes no sense.
    init(_ request: HTTPRequest) throws(ErrorReply) {
        let target = request.target
        guard
            let channel = RequestTarget.decodedPath(
                target.path.dropFirst(Self.pathPrefix.utf8.count)
            ), !channel.isEmpty
        else { throw ErrorReply(.badRequest, "the path names no channel") }
        self.channel = channel
        let accepted = request.headers.list(of: "Accept")
            .map { $0.prefix { $0 != ";" }.trimmingWhitespace }
        kind =
            accepted.contains { $0.equalsIgnoringCase("text/event-stream") } ? .events : .poll
        token = try Self.token(request)
        subscriptionToken = try Self.query("subscription_token", of: target)
        since = try Self.since(request, kind)
        wait = try Self.wait(Self.query("wait", of: target))
    }

    /// What cannot be read is not taken for absent: a broken token does not make its bearer anonymous.
    private static func query(
        _ name: String,
        of target: RequestTarget
    ) throws(ErrorReply) -> String? {
        if let value = target.queryValue(of: name) { return value }
        guard !target.hasUnreadableQueryValue(of: name) else {
            throw ErrorReply(.badRequest, "\(name): expected percent-encoded UTF-8")
        }
        return nil
    }

    /// A field is better, since URLs are kept in histories and logs; an `EventSource` has only its URL.
    private static func token(_ request: HTTPRequest) throws(ErrorReply) -> String? {
        guard let field = request.headers["Authorization"] else {
            return try query("token", of: request.target)
        }
        let scheme = "bearer "
        guard field.lowercased().hasPrefix(scheme) else {
            throw ErrorReply(.unauthorized, "Authorization: expected Bearer and a token")
        }
        return String(field.dropFirst(scheme.count))
    }

    /// An `EventSource` that comes back asks with the URL that it began with, and knows better in a field.
    private static func since(_ request: HTTPRequest, _ kind: Kind) throws(ErrorReply) -> Position?
    {
        var text = try query("since", of: request.target)
        if kind == .events, let last = request.headers["Last-Event-ID"], !last.isEmpty {
            text = last
        }
        guard let text, !text.isEmpty else { return nil }
        guard let position = Self.position(text) else {
            throw ErrorReply(.badRequest, "since: expected EPOCH:OFFSET")
        }
        return position
    }

    private static func wait(_ text: String?) throws(ErrorReply) -> Duration {
        guard let text else { return .zero }
        guard let wait = DurationNotation.parse(text) else {
            throw ErrorReply(.badRequest, "wait: expected \(DurationNotation.hint)")
        }
        return wait
    }

    /// nil for what no position is.
    static func position(_ text: String) -> Position? {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let epoch = text[..<colon]
        let digits = text[text.utf8.index(after: colon)...].utf8
        guard epoch.utf8.count <= FieldLimit.epoch,
            (1...maximumOffsetDigitCount).contains(digits.count),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let offset = UInt64(String(decoding: digits, as: UTF8.self))
        else { return nil }
        return Position(epoch: String(epoch), offset: offset)
    }
}
