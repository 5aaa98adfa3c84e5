// SPDX-License-Identifier: Apache-2.0

import Channels
import Testing

@Suite struct ChannelRulesTests {
    private static func rule(_ pattern: String, historySize: Int = 0) -> ChannelRule {
        var rule = ChannelRule(pattern: pattern)
        rule.historySize = historySize
        rule.historyLifetime = .seconds(60)
        return rule
    }

    private let rules = ChannelRules(
        live: .live(historySize: 1_000, historyLifetime: .seconds(86_400)),
        user: nil,
        feeds: [rule("scores:final", historySize: 5), rule("scores:*"), rule("news")]
    )

    @Test func firstMatchWins() throws {
        #expect(rules.rule(for: try ChannelName("scores:final"))?.historySize == 5)
        #expect(rules.rule(for: try ChannelName("scores:1"))?.historySize == 0)
        #expect(rules.rule(for: try ChannelName("new")) == nil)
    }

    @Test func streamsAndUsersHaveTheirOwnRules() throws {
        #expect(rules.rule(for: try ChannelName("live:a"))?.hasHistory == true)
        #expect(rules.rule(for: try ChannelName("#ana")) == nil)
        let withUsers = ChannelRules(
            live: .live(historySize: 1, historyLifetime: .seconds(1)),
            user: Self.rule("#*"),
            feeds: [Self.rule("*")]
        )
        #expect(withUsers.rule(for: try ChannelName("#ana"))?.pattern == "#*")
        #expect(withUsers.rule(for: try ChannelName("live:a"))?.pattern == "live:*")
    }

    @Test func onlyLogsWithSizeAndLifetimeHaveHistory() {
        var rule = Self.rule("a", historySize: 1)
        #expect(rule.hasHistory)
        rule.retention = .latest
        #expect(!rule.hasHistory)
        rule.retention = .log
        rule.historyLifetime = .zero
        #expect(!rule.hasHistory)
    }
}
