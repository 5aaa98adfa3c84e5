// SPDX-License-Identifier: Apache-2.0

/// A session's subscriptions, the first of them in place.
///
/// Most viewers have one, and an array of one would cost each of them a block of memory of its own.
struct SubscriptionList {
    private var others: [Subscription] = []
    private var first: Subscription?

    mutating func append(_ subscription: Subscription) {
        if first == nil {
            first = subscription
        } else {
            others.append(subscription)
        }
    }

    mutating func remove(at index: Int) -> Subscription {
        let removed = self[index]
        if index > 0 {
            others.remove(at: index - 1)
        } else {
            first = others.isEmpty ? nil : others.removeFirst()
        }
        return removed
    }
}

extension SubscriptionList: RandomAccessCollection, MutableCollection {
    var startIndex: Int { 0 }
    var endIndex: Int { first == nil ? 0 : 1 + others.count }

    subscript(index: Int) -> Subscription {
        get {
            guard index == 0 else { return others[index - 1] }
            guard let first else { preconditionFailure("no subscription") }
            return first
        }
        set {
            precondition(first != nil, "no subscription")
            if index == 0 { first = newValue } else { others[index - 1] = newValue }
        }
    }
}
