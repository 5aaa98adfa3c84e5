// SPDX-License-Identifier: Apache-2.0

/// What a deciding hook answers.
public enum Verdict<Replacement: Sendable>: Sendable {
    /// Go on unchanged.
    case allow
    /// Go on with this instead.
    case replace(Replacement)
    /// Refuse.
    case refuse(Rejection)

    /// Refuses with a text that the client sees.
    public static func reject(_ message: String, code: Int32 = Rejection.byPlugin) -> Verdict {
        .refuse(Rejection(message, code: code))
    }
}

/// Why a plugin refuses.
public struct Rejection: Error, Hashable, Sendable {
    /// The code for "rejected by a plugin" (docs/protocol.md).
    public static let byPlugin: Int32 = 405

    /// For the client; what is beyond 255 bytes is cut off.
    public var message: String
    /// ``byPlugin``, or 1000 to 1999 for what the plugin's clients are to tell apart.
    public var code: Int32

    /// A refusal with a text for the client.
    public init(_ message: String, code: Int32 = Rejection.byPlugin) {
        self.message = message
        self.code = code
    }
}

/// The new text of a comment.
public typealias CommentVerdict = Verdict<String>
/// The new data of a publication.
public typealias PublishVerdict = Verdict<JSON>
/// The `data` of the subscribe reply.
public typealias SubscribeVerdict = Verdict<JSON>
/// Who the client is, and what it may do.
public typealias ConnectVerdict = Verdict<ConnectReplacement>
/// Another title, other meta data.
public typealias LiveVerdict = Verdict<StreamDetails>
/// Another reason.
public typealias LiveStopVerdict = Verdict<String>
/// The method's result.
public typealias RPCVerdict = Verdict<JSON>
/// The response.
public typealias HTTPVerdict = Verdict<HTTPResponse>

extension Verdict where Replacement == JSON {
    /// What a method of the plugin's own returns to its caller.
    public static func result(_ json: JSON) -> Verdict { .replace(json) }
}

extension Verdict where Replacement == HTTPResponse {
    /// The response to an HTTP request.
    public static func respond(_ response: HTTPResponse) -> Verdict { .replace(response) }
}
