// SPDX-License-Identifier: Apache-2.0

import ClientProtocol
import JSON
import Manifest
import Testing

@testable import Worker

@Suite struct CommandBudgetTests {
    @Test func theBurstPassesAndTheNextCommandIsToldHowLongToWait() {
        var budget = CommandBudget(burst: 3, now: 0)
        for _ in 0..<3 { #expect(budget.spend(rate: 10, burst: 3, now: 0) == nil) }
        #expect(budget.spend(rate: 10, burst: 3, now: 0) == 100)
    }

    @Test func waitingAsLongAsToldIsEnough() {
        var budget = CommandBudget(burst: 1, now: 0)
        #expect(budget.spend(rate: 10, burst: 1, now: 0) == nil)
        #expect(budget.spend(rate: 10, burst: 1, now: 99) == 1)
        #expect(budget.spend(rate: 10, burst: 1, now: 100) == nil)
    }

    @Test func aLongQuietFillsItToTheBurstAndNoFurther() {
        var budget = CommandBudget(burst: 2, now: 0)
        for _ in 0..<2 { #expect(budget.spend(rate: 10, burst: 2, now: 1_000_000) == nil) }
        #expect(budget.spend(rate: 10, burst: 2, now: 1_000_000) == 100)
    }

    @Test func whatIsChargedIsWaitedFor() {
        var budget = CommandBudget(burst: 10, now: 0)
        budget.charge(30, burst: 20)
        #expect(budget.spend(rate: 10, burst: 10, now: 0) == 2_100)
        #expect(budget.spend(5, rate: 10, burst: 10, now: 2_499) == 1)
        #expect(budget.spend(5, rate: 10, burst: 10, now: 2_500) == nil)
    }

    @Test func theMillisecondCounterMayWrap() {
        var budget = CommandBudget(burst: 1, now: .max - 10)
        #expect(budget.spend(rate: 10, burst: 1, now: .max - 10) == nil)
        #expect(budget.spend(rate: 10, burst: 1, now: 89) == nil)
    }
}

/// Each class of commands has a budget of its own, beside the one for all.
@Suite struct CommandBudgetsTests {
    private static let limits: CommandLimits = {
        var client = ClientSettings()
        (client.commandsPerSecond, client.commandBurst) = (10, 6)
        (client.queriesPerSecond, client.queryBurst) = (2, 3)
        (client.publishesPerSecond, client.publishBurst) = (1, 1)
        return CommandLimits(client)
    }()

    private let budgets = CommandBudgets(limits, now: 0)

    private func spend(_ commandClass: CommandClass, now: UInt32 = 0) -> Int64? {
        budgets.spend(commandClass, Self.limits, now: now)
    }

    @Test func oneClassLeavesTheOthersTheirs() {
        for _ in 0..<3 { #expect(spend(.query) == nil) }
        #expect(spend(.query) == 500)
        #expect(spend(.publish) == nil)
        #expect(spend(.other) == nil)
        // The refused one counted among all, too.
        #expect(spend(.other) == 100)
    }

    @Test func waitingAsLongAsToldIsEnough() {
        #expect(spend(.publish) == nil)
        #expect(spend(.publish) == 1_000)
        #expect(spend(.publish, now: 999) == 1)
        #expect(spend(.publish, now: 1_000) == nil)
    }

    @Test func nothingIsRememberedOfWhoWasQuietForLong() {
        #expect(budgets.isFull(Self.limits, now: 0))
        #expect(spend(.query) == nil)
        #expect(!budgets.isFull(Self.limits, now: 100))
        #expect(!budgets.isFull(Self.limits, now: 499))
        #expect(budgets.isFull(Self.limits, now: 500))
    }

    @Test(
        arguments: [
            (#"{"id":1,"publish":{"channel":"a","data":1}}"#, .publish),
            (#"{"id":1,"rpc":{"method":"comment.send"}}"#, .publish),
            (#"{"id":1,"rpc":{"method":"live.start"}}"#, .control),
            (#"{"id":1,"rpc":{"method":"comment.delete"}}"#, .control),
            (#"{"id":1,"rpc":{"method":"token.revoke"}}"#, .control),
            (#"{"id":1,"rpc":{"method":"user.disconnect"}}"#, .control),
            (#"{"id":1,"rpc":{"method":"live.list"}}"#, .query),
            (#"{"id":1,"rpc":{"method":"live.get"}}"#, .query),
            (#"{"id":1,"history":{"channel":"a"}}"#, .query),
            (#"{"id":1,"presence":{"channel":"a"}}"#, .query),
            (#"{"id":1,"presence_stats":{"channel":"a"}}"#, .query),
            (#"{"id":1,"subscribe":{"channel":"a"}}"#, .subscribe),
            (#"{"id":1,"unsubscribe":{"channel":"a"}}"#, .subscribe),
            (#"{"id":1,"sub_refresh":{"channel":"a","token":"t"}}"#, .subscribe),
            (#"{"id":1,"rpc":{"method":"media.play"}}"#, .other), (#"{"id":1,"ping":{}}"#, .other),
            ("{}", .other),
        ] as [(String, CommandClass)]
    )
    func everyCommandHasItsClass(command: String, expected: CommandClass) throws {
        let limits = JSONLimits(maximumByteCount: 1_024, maximumDepth: 8)
        let decoded = try CommandDecoder.decode(Array(command.utf8).span, limits: limits)
        #expect(CommandClass(decoded.body) == expected)
    }
}
