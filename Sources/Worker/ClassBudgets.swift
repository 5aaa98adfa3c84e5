// SPDX-License-Identifier: Apache-2.0

/// At most one budget for each class that has one; in place, as every client that comes needs one or two.
struct ClassBudgets: Hashable {
    private(set) var publish: CommandBudget?
    private(set) var control: CommandBudget?
    private(set) var query: CommandBudget?
    private(set) var subscribe: CommandBudget?

    /// What is set for `other` is dropped: the budget for all commands is its own.
    subscript(commandClass: CommandClass) -> CommandBudget? {
        get {
            switch commandClass {
            case .publish: publish
            case .control: control
            case .query: query
            case .subscribe: subscribe
            case .other: nil
            }
        }
        set {
            switch commandClass {
            case .publish: publish = newValue
            case .control: control = newValue
            case .query: query = newValue
            case .subscribe: subscribe = newValue
            case .other: break
            }
        }
    }
}
