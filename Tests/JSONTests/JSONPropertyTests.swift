// SPDX-License-Identifier: Apache-2.0

import JSON
import TestSupport
import Testing

@Suite struct JSONPropertyTests {
    /// What is written reads as the same value; what is found is what the parser found.
    @Test func textAndParserAgreeOnRandomValues() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<2_000 {
            let source = RandomJSON.object(using: &generator)
            let value = try JSONValue.parse(source, limits: RandomJSON.limits)
            let written = value.serialized()
            let again = try JSONValue.parse(written, limits: RandomJSON.limits)
            #expect(again.serialized() == written)
            for (name, member) in value.members {
                let range = JSONText.member(name, of: 0..<source.count, in: source.span)
                let text = JSONText.compact(source.span, try #require(range))
                #expect(!text.contains(0x0A))
                let found = try JSONValue.parse(text, limits: RandomJSON.limits)
                #expect(found.serialized() == member.serialized())
            }
        }
    }

    @Test func nothingCrashesTheParser() throws {
        var generator = SeededGenerator(seed: 2)
        var taken = 0
        for _ in 0..<5_000 {
            let source = RandomJSON.object(using: &generator)
            let damaged = Mutation.mutate(source, using: &generator)
            // Also on what is no JSON, the scanners must stay within it.
            if let range = JSONText.value(at: "a", "b", in: damaged.span) {
                #expect(range.upperBound <= damaged.count)
                _ = JSONText.compact(damaged.span, range)
            }
            guard let value = try? JSONValue.parse(damaged, limits: RandomJSON.limits) else {
                continue
            }
            taken += 1
            _ = try JSONValue.parse(value.serialized(), limits: RandomJSON.limits)
        }
        // The changes are small enough that some texts stay JSON.
        #expect(taken > 100)
    }
}

/// Makes JSON objects with odd white space, escapes and numbers.
enum RandomJSON {
    static let limits = JSONLimits(maximumByteCount: 100_000, maximumDepth: 32)

    static func object(using generator: inout SeededGenerator) -> [UInt8] {
        Array(object(depth: 3, using: &generator).utf8)
    }

    private static func object(depth: Int, using generator: inout SeededGenerator) -> String {
        let keys = [#""a""#, #""b""#, #""""#, #""\u0063\n""#, #""é""#, #""\"}""#, #""d\\""#]
        let members = keys.shuffled(using: &generator)
            .prefix(Int.random(in: 0...5, using: &generator))
            .map {
                $0 + space(using: &generator) + ":" + value(depth: depth - 1, using: &generator)
            }
        return "{" + members.joined(separator: ",") + space(using: &generator) + "}"
    }

    private static func value(depth: Int, using generator: inout SeededGenerator) -> String {
        let scalars = [
            "0", "-0", "1.50", "1e5", "-2E-3", "9223372036854775807", "0.1", "true", "false",
            "null",
            #""""#, #""\\""#, #""]\"[""#, #""\ud834\udd1e""#, #""𝄞 \t/""#,
        ]
        let text: String
        switch Int.random(in: 0..<6, using: &generator) {
        case 0 where depth > 0:
            text = object(depth: depth, using: &generator)
        case 1 where depth > 0:
            let count = Int.random(in: 0...3, using: &generator)
            let elements = (0..<count).map { _ in value(depth: depth - 1, using: &generator) }
            text = "[" + elements.joined(separator: ",") + "]"
        default:
            text = scalars.randomElement(using: &generator) ?? "0"
        }
        return space(using: &generator) + text + space(using: &generator)
    }

    private static func space(using generator: inout SeededGenerator) -> String {
        ["", "", "", " ", "\t", "\r\n", "  "].randomElement(using: &generator) ?? ""
    }
}
