// SPDX-License-Identifier: Apache-2.0

internal import CTallyPlugin
import Glibc

/// What a hook may put in the place of what was asked, as it is written to a `tally_answer`.
protocol Answering: Sendable {
    func write(to answer: inout tally_answer, texts: inout AnswerTexts)
}

/// Texts that an answer points to, which Tally copies after the hook has returned.
///
/// They are let go when the next answer is made, and on the loop one is made at a time.
@safe
struct AnswerTexts: ~Copyable {
    private var texts: [UnsafeMutablePointer<CChar>] = unsafe []

    deinit {
        for index in unsafe texts.indices { unsafe free(texts[index]) }
    }

    mutating func keep(_ text: String) -> UnsafePointer<CChar>? {
        guard let copy = unsafe strdup(text) else { return nil }
        unsafe texts.append(copy)
        return unsafe UnsafePointer(copy)
    }

    mutating func keep(_ bytes: [UInt8]) -> UnsafePointer<UInt8>? {
        guard let copy = unsafe malloc(max(1, bytes.count)) else { return nil }
        // As large as what is copied there.
        unsafe copy.copyMemory(from: bytes, byteCount: bytes.count)
        unsafe texts.append(copy.assumingMemoryBound(to: CChar.self))
        return unsafe UnsafePointer(copy.assumingMemoryBound(to: UInt8.self))
    }
}

extension Verdict where Replacement: Answering {
    /// Writes the answer and returns its `tally_verdict`.
    func write(to answer: inout tally_answer, texts: inout AnswerTexts) -> tally_verdict {
        switch self {
        case .allow:
            return tally_verdict(TALLY_ALLOW)
        case .replace(let replacement):
            unsafe replacement.write(to: &answer, texts: &texts)
            return tally_verdict(TALLY_REPLACE)
        case .refuse(let rejection):
            unsafe answer.code = rejection.code
            unsafe answer.message = texts.keep(rejection.message.cut(to: 255))
            return tally_verdict(TALLY_REJECT)
        }
    }
}

extension String {
    /// The longest beginning of whole characters that has at most so many bytes.
    func cut(to byteCount: Int) -> String {
        guard utf8.count > byteCount else { return self }
        var text = self
        while text.utf8.count > byteCount { text.removeLast() }
        return text
    }
}

extension JSON: Answering {
    func write(to answer: inout tally_answer, texts: inout AnswerTexts) {
        unsafe answer.data = makeValue()
    }
}

extension Wrapped: Answering {
    func write(to answer: inout tally_answer, texts: inout AnswerTexts) {
        unsafe answer.data = JSON.object([member: value]).makeValue()
    }
}

extension StreamDetails: Answering {
    func write(to answer: inout tally_answer, texts: inout AnswerTexts) {
        var members: [String: JSON] = [:]
        members["title"] = title.map { .string($0) }
        members["meta"] = meta
        unsafe answer.data = JSON.object(members).makeValue()
    }
}

extension ConnectReplacement: Answering {
    func write(to answer: inout tally_answer, texts: inout AnswerTexts) {
        var members: [String: JSON] = [:]
        members["user"] = user.map { .string($0) }
        members["info"] = info
        members["caps"] = caps
        members["data"] = data
        members["channels"] = channels.map { .array($0.map { .string($0) }) }
        unsafe answer.data = JSON.object(members).makeValue()
    }
}

extension HTTPResponse: Answering {
    func write(to answer: inout tally_answer, texts: inout AnswerTexts) {
        unsafe answer.http_status = status
        unsafe answer.http_content_type = texts.keep(contentType)
        unsafe answer.http_headers = JSON.object(headers.mapValues { .string($0) }).makeValue()
        unsafe answer.http_body = texts.keep(body)
        unsafe answer.http_body_length = body.count
    }
}
