// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@Suite struct JSONTextTests {
    @Test(arguments: [
        (#"{"publish":{"channel":"c","data":{"a":[1,"}",2]}}}"#, #"{"a":[1,"}",2]}"#),
        (#" { "publish" : { "data" : 0.10 , "x" : 1 } } "#, "0.10"),
        (#"{"publish":{"data":12345678901234567890}}"#, "12345678901234567890"),
        (#"{"id":1,"publish":{"nested":{"data":1},"data":"\"}\\"}}"#, #""\"}\\""#),
        (#"{"publish":{"d\u0061ta":[ 1 , 2 ]}}"#, "[1,2]"),
        (#"{"publish":{"data":null}}"#, "null"),
        (#"{"publish":{"data": -0 }}"#, "-0"),
        (#"{"publish":{"data":{ "k k" : " v  v " }}}"#, #"{"k k":" v  v "}"#),
    ])
    func findsValuesAsWritten(text: String, value: String) throws {
        _ = try parse(text)
        #expect(publishedData(text) == value)
    }

    @Test(arguments: [
        "{}", "[]", "1", #"{"data":1}"#, #"{"publish":1}"#, #"{"publish":[{"data":1}]}"#,
        #"{"publish":{"Data":1}}"#, #"{"publish":{"dat":1,"data2":2}}"#, "", "{", #"{"publish"#,
        #"{"publish":{"data""#, #"{"a":"\"#,
    ])
    func findsNothingWhereThereIsNothing(text: String) {
        #expect(publishedData(text) == nil)
    }

    @Test func staysWithinTextThatIsCutShort() {
        let text = Array(#"{"publish":{"x":["\\\"",{}], "data" : {"a":[tr"#.utf8)
        for end in 0...text.count {
            let cut = Array(text[..<end])
            // Not JSON: any answer will do, but it must lie within the text.
            if let range = JSONText.value(at: "publish", "data", in: cut.span) {
                #expect(range.upperBound <= end)
                _ = JSONText.compact(cut.span, range)
            }
        }
    }

    private func publishedData(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard let range = JSONText.value(at: "publish", "data", in: bytes.span) else { return nil }
        return String(decoding: JSONText.compact(bytes.span, range), as: UTF8.self)
    }
}
