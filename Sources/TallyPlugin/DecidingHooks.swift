// SPDX-License-Identifier: Apache-2.0

// Each hook that decides has two protocols: answered at once, on the loop, or answered later. An
// asynchronous hook may await what it needs; meanwhile what the same user asks of the same channel
// waits, and nobody else. At the hook's deadline the manifest's `on_timeout` answers in its place.

/// A client connects, after its token was checked.
@Loop
public protocol ConnectHook: Plugin {
    func connect(_ call: ConnectCall) -> ConnectVerdict
}

/// As ``ConnectHook``, answered later.
@Loop
public protocol AsyncConnectHook: Plugin {
    func connect(_ call: ConnectCall) async -> ConnectVerdict
}

/// A client subscribes, after its rights were checked.
@Loop
public protocol SubscribeHook: Plugin {
    func subscribe(_ call: SubscribeCall) -> SubscribeVerdict
}

/// As ``SubscribeHook``, answered later.
@Loop
public protocol AsyncSubscribeHook: Plugin {
    func subscribe(_ call: SubscribeCall) async -> SubscribeVerdict
}

/// A broadcaster starts a stream.
@Loop
public protocol LiveStartHook: Plugin {
    func liveStart(_ call: LiveCall) -> LiveVerdict
}

/// As ``LiveStartHook``, answered later.
@Loop
public protocol AsyncLiveStartHook: Plugin {
    func liveStart(_ call: LiveCall) async -> LiveVerdict
}

/// A broadcaster stops a stream.
@Loop
public protocol LiveStopHook: Plugin {
    func liveStop(_ call: LiveStopCall) -> LiveStopVerdict
}

/// As ``LiveStopHook``, answered later.
@Loop
public protocol AsyncLiveStopHook: Plugin {
    func liveStop(_ call: LiveStopCall) async -> LiveStopVerdict
}

/// A broadcaster changes a stream's title or meta data.
@Loop
public protocol LiveUpdateHook: Plugin {
    func liveUpdate(_ call: LiveCall) -> LiveVerdict
}

/// As ``LiveUpdateHook``, answered later.
@Loop
public protocol AsyncLiveUpdateHook: Plugin {
    func liveUpdate(_ call: LiveCall) async -> LiveVerdict
}

/// A comment is sent; asked before the stream's own rules.
@Loop
public protocol CommentHook: Plugin {
    func comment(_ call: CommentCall) -> CommentVerdict
}

/// As ``CommentHook``, answered later.
@Loop
public protocol AsyncCommentHook: Plugin {
    func comment(_ call: CommentCall) async -> CommentVerdict
}

/// Something is published to a feed.
@Loop
public protocol PublishHook: Plugin {
    func publish(_ call: PublishCall) -> PublishVerdict
}

/// As ``PublishHook``, answered later.
@Loop
public protocol AsyncPublishHook: Plugin {
    func publish(_ call: PublishCall) async -> PublishVerdict
}

/// A client calls a method `<plugin>.<method>`.
@Loop
public protocol RPCHook: Plugin {
    func rpc(_ call: RPCCall) -> RPCVerdict
}

/// As ``RPCHook``, answered later.
@Loop
public protocol AsyncRPCHook: Plugin {
    func rpc(_ call: RPCCall) async -> RPCVerdict
}

/// A request under `/plugins/<plugin>/`; `allow` is 204 without a body, a rejection 403.
@Loop
public protocol HTTPHook: Plugin {
    func http(_ call: HTTPCall) -> HTTPVerdict
}

/// As ``HTTPHook``, answered later.
@Loop
public protocol AsyncHTTPHook: Plugin {
    func http(_ call: HTTPCall) async -> HTTPVerdict
}
