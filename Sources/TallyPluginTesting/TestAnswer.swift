// SPDX-License-Identifier: Apache-2.0

internal import CTallyPlugin
public import TallyPlugin

/// What a plugin answered, as Tally sees it.
public enum TestAnswer: Hashable, Sendable {
    case allowed
    /// With the hook's replacement: `["text": "..."]` of a comment.
    case replaced(JSON)
    case rejected(code: Int32, message: String)
    case responded(status: Int32, contentType: String, body: String)

    /// Takes what is given in `answer`, as the host does.
    init(_ verdict: tally_verdict, _ answer: tally_answer?) {
        guard let answer = unsafe answer else {
            self = .allowed
            return
        }
        // Given: let go here, once, after it was copied.
        defer {
            unsafe json_decref(answer.data)
            unsafe json_decref(answer.http_headers)
        }
        switch Int(verdict) {
        case TALLY_REPLACE:
            if let type = unsafe answer.http_content_type {
                let body = unsafe UnsafeBufferPointer(
                    start: answer.http_body,
                    count: answer.http_body_length
                )
                self = unsafe .responded(
                    status: answer.http_status == 0 ? 200 : answer.http_status,
                    contentType: String(cString: type),
                    body: String(decoding: body, as: UTF8.self)
                )
            } else {
                self = unsafe .replaced(JSON(borrowing: answer.data) ?? [:])
            }
        case TALLY_REJECT:
            self = unsafe .rejected(
                code: answer.code == 0 ? Rejection.byPlugin : answer.code,
                message: answer.message.map { unsafe String(cString: $0) } ?? ""
            )
        default:
            self = .allowed
        }
    }
}
