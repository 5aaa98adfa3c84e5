// SPDX-License-Identifier: Apache-2.0

import JSON

/// JSON texts, and the cutting of raw values out of them.
enum JSONTarget: FuzzTarget {
    static let name = "json"

    static let seeds = texts(
        #"{"a":[1,-2.5e3,true,false,null,"é\n\u00e9\ud83d\ude00"],"b":{"c":{}},"d":""}"#,
        #"[[[[[]]]]]"#,
        #" "x" "#,
        #"9223372036854775808"#,
        #"{"a":1,"a":2}"#,
        #"{"data" : { } }"#
    )

    private static let limits = JSONLimits(maximumByteCount: 2_048, maximumDepth: 12)

    static func run(_ bytes: [UInt8]) {
        if let range = JSONText.member("a", of: 0..<bytes.count, in: bytes.span) {
            precondition(range.upperBound <= bytes.count, "a member beyond the text")
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(bytes, limits: limits)
        } catch {
            precondition(!error.description.isEmpty, "refused without a reason")
            return
        }
        for element in [value] + value.elements {
            precondition(element.integer == nil || element.number != nil)
        }
        let text = value.serialized()
        guard let again = try? JSONValue.parse(text, limits: larger) else {
            preconditionFailure("what was written cannot be read")
        }
        precondition(again.serialized() == text, "another value comes back")
        let compact = JSONText.compact(bytes)
        guard let third = try? JSONValue.parse(compact, limits: limits) else {
            preconditionFailure("the compact text cannot be read")
        }
        precondition(third.serialized() == text, "the compact text is another value")
        for key in value.keys {
            precondition(
                JSONText.member(key, of: 0..<compact.count, in: compact.span) != nil,
                "a member is not found"
            )
        }
    }

    /// Escapes and numbers may take more room than they came in.
    private static let larger = JSONLimits(maximumByteCount: 64 * 1_024, maximumDepth: 12)
}
