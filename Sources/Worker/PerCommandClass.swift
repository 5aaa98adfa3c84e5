// SPDX-License-Identifier: Apache-2.0

/// At most one value for each class of commands that has a budget of its own, in place.
struct PerCommandClass<Value: Hashable & Sendable>: Hashable, Sendable {
    private(set) var publish: Value?
    private(set) var control: Value?
    private(set) var query: Value?
    private(set) var subscribe: Value?

    /// What is set for `other` is dropped: the budget for all commands is its own.
    subscript(commandClass: CommandClass) -> Value? {
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
