// SPDX-License-Identifier: Apache-2.0

// Notifications decide nothing. One that happens once per node is told to another worker when this one
// dies before it was seen, so it may come twice: `content.id` tells.

/// A client of this worker has subscribed.
@Loop
public protocol SubscribedHook: Plugin {
    func subscribed(_ call: SubscribedCall)
}

/// As ``SubscribedHook``; seen when it returns.
@Loop
public protocol AsyncSubscribedHook: Plugin {
    func subscribed(_ call: SubscribedCall) async
}

/// A subscription of this worker has ended.
@Loop
public protocol UnsubscribedHook: Plugin {
    func unsubscribed(_ call: EndedCall)
}

/// As ``UnsubscribedHook``; seen when it returns.
@Loop
public protocol AsyncUnsubscribedHook: Plugin {
    func unsubscribed(_ call: EndedCall) async
}

/// A connection of this worker has ended.
@Loop
public protocol DisconnectedHook: Plugin {
    func disconnected(_ call: EndedCall)
}

/// As ``DisconnectedHook``; seen when it returns.
@Loop
public protocol AsyncDisconnectedHook: Plugin {
    func disconnected(_ call: EndedCall) async
}

/// A comment of a client of this worker was acknowledged.
@Loop
public protocol CommentedHook: Plugin {
    func commented(_ call: CommentedCall)
}

/// As ``CommentedHook``; seen when it returns.
@Loop
public protocol AsyncCommentedHook: Plugin {
    func commented(_ call: CommentedCall) async
}

/// A stream was started, updated or resumed; once per node.
@Loop
public protocol StartedHook: Plugin {
    func started(_ call: LiveEventCall)
}

/// As ``StartedHook``; seen when it returns.
@Loop
public protocol AsyncStartedHook: Plugin {
    func started(_ call: LiveEventCall) async
}

/// A stream was interrupted or stopped; once per node.
@Loop
public protocol StoppedHook: Plugin {
    func stopped(_ call: LiveEventCall)
}

/// As ``StoppedHook``; seen when it returns.
@Loop
public protocol AsyncStoppedHook: Plugin {
    func stopped(_ call: LiveEventCall) async
}

/// A stream's viewer count has changed; once per node, newest only.
@Loop
public protocol ViewersHook: Plugin {
    func viewers(_ call: ViewersCall)
}

/// As ``ViewersHook``; seen when it returns.
@Loop
public protocol AsyncViewersHook: Plugin {
    func viewers(_ call: ViewersCall) async
}

/// Once a second, on every worker.
@Loop
public protocol TickHook: Plugin {
    func tick()
}
