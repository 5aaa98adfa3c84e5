// SPDX-License-Identifier: Apache-2.0

/// What the plugins together answered.
package enum HookOutcome: Sendable {
    /// Go on, with this data (an object as JSON text) in the place of what was asked, unless nil.
    case allowed(replacement: [UInt8]?)
    /// Refuse. `code`: 405 or 1000...1999; `message`: at most 255 bytes.
    case rejected(code: UInt32, message: String)
    /// The response to an HTTP request: the only outcome of the `http` hook.
    case answered(HookHTTPResponse)
}

/// The response of the `http` hook, whatever its verdict was.
package struct HookHTTPResponse: Sendable {
    package var status: Int
    /// Empty when there is no body.
    package var contentType: String
    /// Names and values that are safe to send; never one that frames the message.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
}
