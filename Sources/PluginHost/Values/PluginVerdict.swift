// SPDX-License-Identifier: Apache-2.0

import CJansson
import CTallyPlugin
import Hooks

/// What a plugin answered, copied out of its memory.
enum PluginVerdict: Sendable {
    case allow
    case replace(Replacement)
    case reject(code: UInt32, message: String)
    case pending
    /// No verdict of the header's, or one that cannot be carried out, and why.
    case unusable(String)

    /// With TALLY_REPLACE.
    struct Replacement: Sendable {
        var data: HeldJSON
        var response: HookHTTPResponse?
    }

    /// Takes what the plugin gave, whatever it is.
    ///
    /// `answer` must be readable; what it points to is copied, and its given values are let go.
    init(taking verdict: tally_verdict, _ answer: inout tally_answer) {
        // Given: this is the only reference from here on.
        let data = unsafe answer.data.map { unsafe HeldJSON(owning: $0) }
        let headers = unsafe answer.http_headers.map { unsafe HeldJSON(owning: $0) }
        unsafe answer.data = nil
        unsafe answer.http_headers = nil
        switch Int(verdict) {
        case TALLY_ALLOW: self = .allow
        case TALLY_PENDING: self = .pending
        case TALLY_REJECT: self = unsafe Self.rejection(answer)
        case TALLY_REPLACE: self = unsafe Self.replacement(answer, data, headers)
        default: self = .unusable("verdict \(verdict) is none of the header's")
        }
    }

    private static func rejection(_ answer: tally_answer) -> PluginVerdict {
        let code = unsafe answer.code
        let message = unsafe PluginText.excerpt(
            answer.message,
            maximumByteCount: PluginLimits.maximumRejectionByteCount
        )
        guard code == 0 || code == Int32(HookOutcome.rejectedByPlugin) || 1_000...1_999 ~= code
        else { return .unusable("code \(code) is not a plugin's: 405 or 1000 to 1999") }
        return .reject(
            code: code == 0 ? HookOutcome.rejectedByPlugin : UInt32(code),
            message: message
        )
    }

    private static func replacement(
        _ answer: tally_answer,
        _ data: HeldJSON?,
        _ headers: HeldJSON?
    ) -> PluginVerdict {
        let data = data ?? .emptyObject()
        guard unsafe isResponse(answer, headers) else {
            return .replace(Replacement(data: data))
        }
        do throws(UnusableAnswer) {
            let response = try unsafe HookHTTPResponse(copying: answer, data, headers)
            return .replace(Replacement(data: data, response: response))
        } catch {
            return .unusable(error.reason)
        }
    }

    /// Whether anything of an HTTP response was filled in; the `http` hook makes one of `data` alone.
    private static func isResponse(_ answer: tally_answer, _ headers: HeldJSON?) -> Bool {
        unsafe answer.http_status != 0 || answer.http_content_type != nil
            || answer.http_body != nil || headers != nil
    }
}

struct UnusableAnswer: Error {
    let reason: String
}

extension HookHTTPResponse {
    /// `data`: the body where there is no other.
    init(
        copying answer: tally_answer,
        _ data: HeldJSON,
        _ headers: HeldJSON?
    ) throws(UnusableAnswer) {
        let status = unsafe answer.http_status == 0 ? 200 : Int(answer.http_status)
        guard 200...599 ~= status else {
            throw UnusableAnswer(reason: "HTTP status \(status) is not 200 to 599")
        }
        var contentType = "application/json"
        if unsafe answer.http_content_type != nil {
            let text = unsafe PluginText.string(answer.http_content_type, maximumByteCount: 255)
            guard let text, HTTPField.isValue(text) else {
                throw UnusableAnswer(reason: "the content type is no header field's value")
            }
            contentType = text
        }
        self.init(
            status: status,
            contentType: contentType,
            headers: try HTTPField.fields(of: headers),
            body: try unsafe Self.body(answer, data)
        )
    }

    private static func body(
        _ answer: tally_answer,
        _ data: HeldJSON
    ) throws(UnusableAnswer) -> [UInt8] {
        let most = PluginLimits.maximumAnswerByteCount
        let tooLong = UnusableAnswer(reason: "the body is larger than \(most) bytes")
        guard let start = unsafe answer.http_body else {
            guard let text = data.text(maximumByteCount: most) else { throw tooLong }
            return text
        }
        let count = unsafe answer.http_body_length
        guard count <= most else { throw tooLong }
        // The plugin says that so many bytes lie there.
        return unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }
}
