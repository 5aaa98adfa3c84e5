// SPDX-License-Identifier: Apache-2.0

import JSON

/// What the plugins together answered.
package enum HookOutcome: Sendable {
    /// Go on, with this data (as JSON text) in the place of what was asked, unless nil.
    ///
    /// An object, but for `rpc`, whose result may be any value.
    case allowed(replacement: [UInt8]?)
    /// Refuse. `code`: 405 or 1000...1999; `message`: at most 255 bytes.
    case rejected(code: UInt32, message: String)
    /// The response to an HTTP request: the only outcome of the `http` hook.
    case answered(HookHTTPResponse)

    /// "rejected by a plugin" in docs/protocol.md.
    static let rejectedByPlugin: UInt32 = 405
}

/// The response of the `http` hook, whatever its verdict was.
package struct HookHTTPResponse: Sendable {
    package var status: Int
    /// Empty when there is no body.
    package var contentType: String
    /// Names and values that are safe to send; never one that frames the message.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    /// TALLY_ALLOW: done, and nothing to say.
    static let noContent = HookHTTPResponse(status: 204, contentType: "", headers: [], body: [])

    /// A client is told no.
    ///
    /// 403: the plugin said it. 503: it said nothing, and its manifest says no.
    static func refusal(status: Int, code: UInt32, message: String) -> HookHTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("code", integer: code)
        writer.member("message", string: message)
        writer.endObject()
        return HookHTTPResponse(
            status: status,
            contentType: "application/json",
            headers: [],
            body: writer.bytes
        )
    }
}
