// SPDX-License-Identifier: Apache-2.0

/// How a plugin answers each hook, found out once, from the protocols that its type conforms to.
@Loop
struct Handlers {
    var connect = Handler<Connecting, ConnectReplacement>.absent
    var subscribe = Handler<Subscribing, Wrapped>.absent
    var liveStart = Handler<StreamDetails, StreamDetails>.absent
    var liveStop = Handler<Stopping, Wrapped>.absent
    var liveUpdate = Handler<StreamDetails, StreamDetails>.absent
    var comment = Handler<Comment, Wrapped>.absent
    var publish = Handler<JSON, Wrapped>.absent
    var rpc = Handler<Method, JSON>.absent
    var http = Handler<HTTPRequest, HTTPResponse>.absent
    var subscribed = Handler<Subscribed, Seen>.absent
    var unsubscribed = Handler<Ended, Seen>.absent
    var disconnected = Handler<Ended, Seen>.absent
    var commented = Handler<Commented, Seen>.absent
    var started = Handler<LiveEvent, Seen>.absent
    var stopped = Handler<LiveEvent, Seen>.absent
    var viewers = Handler<Viewers, Seen>.absent
    var tick: (@Loop () -> Void)?

    init(_ plugin: any Plugin) {
        findDeciding(plugin)
        findLive(plugin)
        findNotifications(plugin)
        findLiveNotifications(plugin)
        if let plugin = plugin as? any TickHook { tick = { plugin.tick() } }
    }

    private mutating func findDeciding(_ plugin: any Plugin) {
        if let plugin = plugin as? any ConnectHook {
            connect = .now { plugin.connect($0) }
        } else if let plugin = plugin as? any AsyncConnectHook {
            connect = .later { await plugin.connect($0) }
        }
        if let plugin = plugin as? any SubscribeHook {
            subscribe = .now { plugin.subscribe($0).wrapped("data") }
        } else if let plugin = plugin as? any AsyncSubscribeHook {
            subscribe = .later { await plugin.subscribe($0).wrapped("data") }
        }
        if let plugin = plugin as? any CommentHook {
            comment = .now { plugin.comment($0).wrapped("text") }
        } else if let plugin = plugin as? any AsyncCommentHook {
            comment = .later { await plugin.comment($0).wrapped("text") }
        }
        if let plugin = plugin as? any PublishHook {
            publish = .now { plugin.publish($0).wrapped("data") }
        } else if let plugin = plugin as? any AsyncPublishHook {
            publish = .later { await plugin.publish($0).wrapped("data") }
        }
        if let plugin = plugin as? any RPCHook {
            rpc = .now { plugin.rpc($0) }
        } else if let plugin = plugin as? any AsyncRPCHook {
            rpc = .later { await plugin.rpc($0) }
        }
        if let plugin = plugin as? any HTTPHook {
            http = .now { plugin.http($0) }
        } else if let plugin = plugin as? any AsyncHTTPHook {
            http = .later { await plugin.http($0) }
        }
    }

    private mutating func findLive(_ plugin: any Plugin) {
        if let plugin = plugin as? any LiveStartHook {
            liveStart = .now { plugin.liveStart($0) }
        } else if let plugin = plugin as? any AsyncLiveStartHook {
            liveStart = .later { await plugin.liveStart($0) }
        }
        if let plugin = plugin as? any LiveStopHook {
            liveStop = .now { plugin.liveStop($0).wrapped("reason") }
        } else if let plugin = plugin as? any AsyncLiveStopHook {
            liveStop = .later { await plugin.liveStop($0).wrapped("reason") }
        }
        if let plugin = plugin as? any LiveUpdateHook {
            liveUpdate = .now { plugin.liveUpdate($0) }
        } else if let plugin = plugin as? any AsyncLiveUpdateHook {
            liveUpdate = .later { await plugin.liveUpdate($0) }
        }
    }

    private mutating func findNotifications(_ plugin: any Plugin) {
        if let plugin = plugin as? any SubscribedHook {
            subscribed = .seen { plugin.subscribed($0) }
        } else if let plugin = plugin as? any AsyncSubscribedHook {
            subscribed = .seenLater { await plugin.subscribed($0) }
        }
        if let plugin = plugin as? any UnsubscribedHook {
            unsubscribed = .seen { plugin.unsubscribed($0) }
        } else if let plugin = plugin as? any AsyncUnsubscribedHook {
            unsubscribed = .seenLater { await plugin.unsubscribed($0) }
        }
        if let plugin = plugin as? any DisconnectedHook {
            disconnected = .seen { plugin.disconnected($0) }
        } else if let plugin = plugin as? any AsyncDisconnectedHook {
            disconnected = .seenLater { await plugin.disconnected($0) }
        }
        if let plugin = plugin as? any CommentedHook {
            commented = .seen { plugin.commented($0) }
        } else if let plugin = plugin as? any AsyncCommentedHook {
            commented = .seenLater { await plugin.commented($0) }
        }
    }

    private mutating func findLiveNotifications(_ plugin: any Plugin) {
        if let plugin = plugin as? any StartedHook {
            started = .seen { plugin.started($0) }
        } else if let plugin = plugin as? any AsyncStartedHook {
            started = .seenLater { await plugin.started($0) }
        }
        if let plugin = plugin as? any StoppedHook {
            stopped = .seen { plugin.stopped($0) }
        } else if let plugin = plugin as? any AsyncStoppedHook {
            stopped = .seenLater { await plugin.stopped($0) }
        }
        if let plugin = plugin as? any ViewersHook {
            viewers = .seen { plugin.viewers($0) }
        } else if let plugin = plugin as? any AsyncViewersHook {
            viewers = .seenLater { await plugin.viewers($0) }
        }
    }
}

extension Handler where Replacement == Seen {
    fileprivate static func seen(_ hook: @escaping @Loop (Call<Content>) -> Void) -> Handler {
        .now { call in
            hook(call)
            return .allow
        }
    }

    fileprivate static func seenLater(
        _ hook: @escaping @Loop @Sendable (Call<Content>) async -> Void
    ) -> Handler {
        .later { call in
            await hook(call)
            return .allow
        }
    }
}

/// A replacement that is one member of an object.
struct Wrapped: Sendable {
    let member: String
    let value: JSON
}

extension Verdict {
    fileprivate func wrapped(
        _ member: String,
        _ json: (Replacement) -> JSON
    ) -> Verdict<Wrapped> {
        switch self {
        case .allow: .allow
        case .replace(let value): .replace(Wrapped(member: member, value: json(value)))
        case .refuse(let rejection): .refuse(rejection)
        }
    }
}

extension Verdict where Replacement == JSON {
    fileprivate func wrapped(_ member: String) -> Verdict<Wrapped> { wrapped(member) { $0 } }
}

extension Verdict where Replacement == String {
    fileprivate func wrapped(_ member: String) -> Verdict<Wrapped> {
        wrapped(member) { .string($0) }
    }
}
