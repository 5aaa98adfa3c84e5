// SPDX-License-Identifier: Apache-2.0

internal import CTallyPlugin

/// The hooks of a plugin, as C sees them.
extension tally_plugin_descriptor {
    /// Sets the hooks that the type conforms to; the others stay null and are not called.
    mutating func setHooks(of type: any Plugin.Type) {
        unsafe setDecidingHooks(of: type)
        unsafe setNotifications(of: type)
        guard type is any TickHook.Type else { return }
        unsafe tick = { instance, _, _ in
            unsafe Instance.at(instance) { $0.handlers.tick?() }
            return tally_verdict(TALLY_ALLOW)
        }
    }

    private mutating func setDecidingHooks(of type: any Plugin.Type) {
        if type is any ConnectHook.Type || type is any AsyncConnectHook.Type {
            unsafe connect = {
                unsafe Instance.answer($0, $1, $2) { unsafe $0.handlers.connect($1, &$2, of: $0) }
            }
        }
        if type is any SubscribeHook.Type || type is any AsyncSubscribeHook.Type {
            unsafe subscribe = {
                unsafe Instance.answer($0, $1, $2) { unsafe $0.handlers.subscribe($1, &$2, of: $0) }
            }
        }
        if type is any LiveStartHook.Type || type is any AsyncLiveStartHook.Type {
            unsafe live_start = {
                unsafe Instance.answer($0, $1, $2) { unsafe $0.handlers.liveStart($1, &$2, of: $0) }
            }
        }
        if type is any LiveStopHook.Type || type is any AsyncLiveStopHook.Type {
            unsafe live_stop = {
                unsafe Instance.answer($0, $1, $2) { unsafe $0.handlers.liveStop($1, &$2, of: $0) }
            }
        }
        if type is any LiveUpdateHook.Type || type is any AsyncLiveUpdateHook.Type {
            unsafe live_update = {
                unsafe Instance.answer($0, $1, $2) {
                    unsafe $0.handlers.liveUpdate($1, &$2, of: $0)
                }
            }
        }
        if type is any CommentHook.Type || type is any AsyncCommentHook.Type {
            unsafe comment = {
                unsafe Instance.answer($0, $1, $2) { unsafe $0.handlers.comment($1, &$2, of: $0) }
            }
        }
        if type is any PublishHook.Type || type is any AsyncPublishHook.Type {
            unsafe publish = {
                unsafe Instance.answer($0, $1, $2) { unsafe $0.handlers.publish($1, &$2, of: $0) }
            }
        }
        if type is any RPCHook.Type || type is any AsyncRPCHook.Type {
            unsafe rpc = {
                unsafe Instance.answer($0, $1, $2) { unsafe $0.handlers.rpc($1, &$2, of: $0) }
            }
        }
        if type is any HTTPHook.Type || type is any AsyncHTTPHook.Type {
            unsafe http = {
                unsafe Instance.answer($0, $1, $2) { unsafe $0.handlers.http($1, &$2, of: $0) }
            }
        }
    }

    private mutating func setNotifications(of type: any Plugin.Type) {
        if type is any SubscribedHook.Type || type is any AsyncSubscribedHook.Type {
            unsafe subscribed = {
                unsafe Instance.answer($0, $1, $2) {
                    unsafe $0.handlers.subscribed($1, &$2, of: $0)
                }
            }
        }
        if type is any UnsubscribedHook.Type || type is any AsyncUnsubscribedHook.Type {
            unsafe unsubscribed = {
                unsafe Instance.answer($0, $1, $2) {
                    unsafe $0.handlers.unsubscribed($1, &$2, of: $0)
                }
            }
        }
        if type is any DisconnectedHook.Type || type is any AsyncDisconnectedHook.Type {
            unsafe disconnected = {
                unsafe Instance.answer($0, $1, $2) {
                    unsafe $0.handlers.disconnected($1, &$2, of: $0)
                }
            }
        }
        if type is any CommentedHook.Type || type is any AsyncCommentedHook.Type {
            unsafe commented = {
                unsafe Instance.answer($0, $1, $2) { unsafe $0.handlers.commented($1, &$2, of: $0) }
            }
        }
        if type is any StartedHook.Type || type is any AsyncStartedHook.Type {
            unsafe started = {
                unsafe Instance.answer($0, $1, $2) { unsafe $0.handlers.started($1, &$2, of: $0) }
            }
        }
        if type is any StoppedHook.Type || type is any AsyncStoppedHook.Type {
            unsafe stopped = {
                unsafe Instance.answer($0, $1, $2) { unsafe $0.handlers.stopped($1, &$2, of: $0) }
            }
        }
        if type is any ViewersHook.Type || type is any AsyncViewersHook.Type {
            unsafe viewers = {
                unsafe Instance.answer($0, $1, $2) { unsafe $0.handlers.viewers($1, &$2, of: $0) }
            }
        }
    }
}
