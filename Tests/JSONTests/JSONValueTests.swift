// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@Suite struct JSONValueTests {
    @Test func readsEveryKind() throws {
        let value = try parse(#"{"o":{},"a":[1,"two",null],"s":"é","i":-7,"r":0.5,"t":true}"#)
        #expect(value.kind == .object)
        #expect(value["o"]?.isObject == true)
        #expect(value["a"]?.elements.count == 3)
        #expect(value["a"]?.elements.last?.isNull == true)
        #expect(value["s"]?.string == "é")
        #expect(value["s"]?.stringByteCount == 2)
        #expect(value["i"]?.integer == -7)
        #expect(value["i"]?.number == -7)
        #expect(value["r"]?.number == 0.5)
        #expect(value["r"]?.integer == nil)
        #expect(value["t"]?.bool == true)
        #expect(value["missing"] == nil)
        #expect(value.keys == ["o", "a", "s", "i", "r", "t"])
        #expect(value.count == 6)
    }

    @Test func accessorsOfAnotherKindAnswerNothing() throws {
        let value = try parse("true")
        #expect(value.string == nil)
        #expect(value.integer == nil)
        #expect(value.number == nil)
        #expect(value["x"] == nil)
        #expect(value.elements.isEmpty)
        #expect(value.members.isEmpty)
        #expect(try parse("1").bool == nil)
    }

    @Test func findsMembersByEmptyAndLongKeys() throws {
        let long = String(repeating: "k", count: 300)
        let value = try parse(#"{"":1,"é":2,"\#(long)":3}"#)
        #expect(value[""]?.integer == 1)
        #expect(value["é"]?.integer == 2)
        #expect(value[long]?.integer == 3)
    }

    @Test func viewsOutliveTheDocument() throws {
        var inner: JSONValue?
        do {
            let document = try parse(#"{"a":{"b":["deep"]}}"#)
            inner = document["a"]?["b"]
        }
        #expect(inner?.elements.first?.string == "deep")
    }

    @Test(arguments: [
        ("", JSONError.Reason.prematureEnd),
        ("{", .prematureEnd),
        ("{} {}", .trailingText),
        ("nul", .invalidSyntax),
        ("[1,]", .invalidSyntax),
        ("01", .invalidSyntax),
        ("+1", .invalidSyntax),
        ("1.", .invalidSyntax),
        ("NaN", .invalidSyntax),
        ("'a'", .invalidSyntax),
        ("\"a\nb\"", .invalidSyntax),
        (#"{"a":1,"a":2}"#, .duplicateKey),
        (#"{"a":1,"\u0061":2}"#, .duplicateKey),
        (#""\u0000""#, .nullCharacter),
        (#""\ud800""#, .invalidSyntax),
        (#""\udc00\ud800""#, .invalidSyntax),
        ("1e400", .numberOutOfRange),
    ])
    func refuses(text: String, reason: JSONError.Reason) {
        #expect {
            try parse(text)
        } throws: { error in
            (error as? JSONError)?.reason == reason
        }
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x82],
        ] as [[UInt8]]
    )
    func refusesInvalidUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONValue.parse(bytes, limits: limits) }
    }

    /// Jansson alone takes the second and third for `1` and `{}`.
    @Test(
        arguments: [[0x22, 0x00, 0x22], [0x31, 0x00], [0x7B, 0x7D, 0x00, 0x7B], [0x00]] as [[UInt8]]
    )
    func refusesRawNullBytes(bytes: [UInt8]) {
        #expect {
            try JSONValue.parse(bytes, limits: limits)
        } throws: { error in
            (error as? JSONError)?.reason == .nullCharacter
        }
    }

    @Test func sizeLimitIsExact() throws {
        let exact = JSONLimits(maximumByteCount: 4, maximumDepth: 1)
        _ = try JSONValue.parse(Array("1234".utf8), limits: exact)
        #expect(throws: JSONError(.tooLarge, byteOffset: 4)) {
            try JSONValue.parse(Array("12345".utf8), limits: exact)
        }
    }

    @Test func depthLimitIsExact() throws {
        let two = JSONLimits(maximumByteCount: 100, maximumDepth: 2)
        _ = try JSONValue.parse(Array(#"[{"a":"]][[{{\"["},[]]"#.utf8), limits: two)
        #expect(throws: JSONError(.tooDeep, byteOffset: 2)) {
            try JSONValue.parse(Array("[[[]]]".utf8), limits: two)
        }
        let none = JSONLimits(maximumByteCount: 100, maximumDepth: 0)
        _ = try JSONValue.parse(Array("1".utf8), limits: none)
        #expect(throws: JSONError.self) { try JSONValue.parse(Array("[]".utf8), limits: none) }
    }

    @Test func closingBracketsDoNotBuyDepth() {
        #expect(throws: JSONError.self) {
            try parse(String(repeating: "]", count: 99) + String(repeating: "[", count: 99))
        }
    }

    @Test func integersKeepSixtyFourBits() throws {
        #expect(try parse("9223372036854775807").integer == .max)
        #expect(try parse("-9223372036854775808").integer == .min)
    }

    @Test func longerIntegersBecomeNumbers() throws {
        let value = try parse(#"{"id":3,"n":9223372036854775808,"far":9007199254740993}"#)
        #expect(value["id"]?.integer == 3)
        #expect(value["n"]?.integer == nil)
        #expect(value["n"]?.number == 9_223_372_036_854_775_808)
        #expect(value["far"]?.number == 9_007_199_254_740_992)
    }

    @Test(arguments: [
        "{}", "[]", "null", #"{"b":[1,-2,0.1,1e+22,true,false,null],"a":{"c":"\"\\\n"}}"#,
        #""\u0001/é𝄞""#,
    ])
    func serializesCompactly(text: String) throws {
        #expect(String(decoding: try parse(text).serialized(), as: UTF8.self) == text)
    }
}

let limits = JSONLimits(maximumByteCount: 1_000, maximumDepth: 16)

func parse(_ text: String) throws -> JSONValue {
    try JSONValue.parse(Array(text.utf8), limits: limits)
}
