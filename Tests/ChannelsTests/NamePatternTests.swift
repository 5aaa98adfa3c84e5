// SPDX-License-Identifier: Apache-2.0

import Channels
import Testing

@Suite struct NamePatternTests {
    @Test(arguments: [
        ("live:show", "live:show", true),
        ("live:show", "live:shows", false),
        ("live:*", "live:", true),
        ("live:*", "live:show", true),
        ("live:*", "liv", false),
        ("*", "", true),
        ("*", "anything", true),
        ("", "", true),
        ("", "a", false),
        ("a*c", "abc", true),
        ("a*c", "ac", true),
        ("a*c", "acb", false),
        ("a*b*c", "aXbXbYc", true),
        ("a**c", "abc", true),
        ("*aab", "aaaab", true),
        ("*a*", "bbb", false),
        ("game:*:score", "game:42:score", true),
        ("game:*:score", "game:42:scores", false),
    ])
    func matchesWholeNames(pattern: String, name: String, expected: Bool) {
        #expect(NamePattern.matches(pattern, name) == expected)
    }

    @Test func knowsExactPatterns() {
        #expect(NamePattern.isExact("live:show"))
        #expect(!NamePattern.isExact("live:*"))
    }

    @Test func staysCheapOnTheWorstPattern() {
        let pattern = String(repeating: "*a", count: 127)
        let name = String(repeating: "a", count: 126) + String(repeating: "b", count: 129)
        #expect(!NamePattern.matches(pattern, name))
    }
}
