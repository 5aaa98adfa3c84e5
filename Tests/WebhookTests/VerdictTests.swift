// SPDX-License-Identifier: Apache-2.0

import CTallyPlugin
import Testing
import Webhook

/// What an endpoint answers decides who gets in: what is not understood is no decision.
struct VerdictTests {
    private func read(_ text: String) -> (verdict: Int32, code: Int32)? {
        var verdict = unsafe webhook_verdict()
        guard unsafe webhook_verdict_read(text, text.utf8.count, &verdict) else { return nil }
        return unsafe (verdict.verdict, verdict.code)
    }

    @Test func readsEachVerdict() {
        #expect(read(#"{"verdict": "allow"}"#)?.verdict == 0)
        #expect(read(#"{"verdict": "replace", "data": {"text": "x"}}"#)?.verdict == 1)
        #expect(read(#"{"verdict": "reject"}"#)?.verdict == 2)
    }

    @Test(arguments: [
        (405, true), (999, false), (1_000, true), (1_999, true), (2_000, false), (0, false),
        (-1, false),
    ])
    func takesPluginsCodesOnly(_ code: Int, _ isGood: Bool) {
        let read = read(#"{"verdict": "reject", "code": \#(code)}"#)
        #expect(read.map { Int($0.code) } == (isGood ? code : nil))
    }

    @Test func hasALimitForMessages() {
        let text = String(repeating: "m", count: Int(WEBHOOK_MESSAGE_LIMIT))
        #expect(read(#"{"verdict": "reject", "message": "\#(text)"}"#) != nil)
        #expect(read(#"{"verdict": "reject", "message": "\#(text)m"}"#) == nil)
    }

    @Test func hasALimitForReplies() {
        let reply = #"{"verdict": "allow"}"#
        let blanks = Int(WEBHOOK_REPLY_LIMIT) - reply.utf8.count
        #expect(read(reply + String(repeating: " ", count: blanks)) != nil)
        #expect(read(reply + String(repeating: " ", count: blanks + 1)) == nil)
    }

    @Test(arguments: [
        "", "{}", "null", "[]", "\"allow\"", "allow", #"{"verdict": "Allow"}"#,
        #"{"verdict": true}"#,
        #"{"verdict": "allow", "verdict": "reject"}"#, #"{"verdict": "replace"}"#,
        #"{"verdict": "replace", "data": "x"}"#, #"{"verdict": "reject", "code": "1000"}"#,
        #"{"verdict": "reject", "message": 1}"#, #"{"verdict": "allow"} x"#,
        #"{"verdict": "allow""#,
        "<html>",
    ])
    func anythingElseIsNoDecision(_ text: String) {
        #expect(read(text) == nil)
    }
}
