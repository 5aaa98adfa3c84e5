// SPDX-License-Identifier: Apache-2.0

import Manifest

/// How fast a token bucket fills, and how much is in it when it is full.
struct BudgetLimits: Hashable {
    /// Commands a second.
    let rate: Int
    let burst: Int
}

/// The limits of every class of commands, as the manifest has them.
struct CommandLimits {
    let all: BudgetLimits
    private let ofClasses: PerCommandClass<BudgetLimits>

    init(_ client: ClientSettings) {
        all = BudgetLimits(rate: client.commandsPerSecond, burst: client.commandBurst)
        ofClasses = PerCommandClass(
            publish: BudgetLimits(rate: client.publishesPerSecond, burst: client.publishBurst),
            control: BudgetLimits(rate: client.controlsPerSecond, burst: client.controlBurst),
            query: BudgetLimits(rate: client.queriesPerSecond, burst: client.queryBurst),
            subscribe: BudgetLimits(
                rate: client.subscribesPerSecond,
                burst: client.subscribeBurst
            )
        )
    }

    /// nil: none beside that for all commands.
    subscript(commandClass: CommandClass) -> BudgetLimits? { ofClasses[commandClass] }
}

/// What one connection may still send: of all commands, and of each class that it uses.
///
/// Made when a connection sends something, and let go when all of it is full again: an idle viewer has
/// none.
final class CommandBudgets {
    private(set) var all: CommandBudget
    private(set) var ofClasses: PerCommandClass<CommandBudget>

    init(_ limits: CommandLimits, now: UInt32) {
        all = CommandBudget(burst: limits.all.burst, now: now)
        ofClasses = PerCommandClass()
    }

    init(all: CommandBudget, ofClasses: PerCommandClass<CommandBudget>) {
        self.all = all
        self.ofClasses = ofClasses
    }

    /// Takes one command.
    ///
    /// - Returns: nil when it was there, else the milliseconds until it is.
    func spend(_ commandClass: CommandClass, _ limits: CommandLimits, now: UInt32) -> Int64? {
        if let wait = all.spend(rate: limits.all.rate, burst: limits.all.burst, now: now) {
            return wait
        }
        guard let limit = limits[commandClass] else { return nil }
        var budget = ofClasses[commandClass] ?? CommandBudget(burst: limit.burst, now: now)
        defer { ofClasses[commandClass] = budget }
        return budget.spend(rate: limit.rate, burst: limit.burst, now: now)
    }

    /// Whether there is nothing to remember: a new one would hold as much.
    func isFull(_ limits: CommandLimits, now: UInt32) -> Bool {
        all.isFull(limits.all, now: now)
            && CommandClass.allCases.allSatisfy { commandClass in
                guard let limit = limits[commandClass] else { return true }
                return ofClasses[commandClass]?.isFull(limit, now: now) ?? true
            }
    }
}
