// SPDX-License-Identifier: Apache-2.0

import CJansson
import CTallyPlugin

/// The functions that the header marks [loop].
extension HostTable {
    static func fillForLoop(_ table: inout tally_host) {
        fillTimers(&table)
        fillNode(&table)
        unsafe table.settings = { host in
            guard unsafe HostTable.desk(host)?.isOnLoop == true else { return nil }
            // Held by the instance, which lives as long as the process.
            return unsafe HostTable.instance(host).map {
                unsafe UnsafePointer($0.settingsValue.node)
            }
        }
        unsafe table.run_off_loop = { host, work, done, argument in
            guard let work = unsafe work else { return tally_status(TALLY_BAD_ARGUMENT) }
            let job = PluginPool.Job(
                work: unsafe PluginFunction(work, argument),
                done: unsafe done.map { unsafe PluginFunction($0, argument) }
            )
            return unsafe HostTable.onLoop(host) { $0.run(job) }
        }
    }

    private static func fillTimers(_ table: inout tally_host) {
        unsafe table.start_timer = { host, after, every, function, argument, timer in
            guard let function = unsafe function, let timer = unsafe timer,
                PluginLimits.timerRange ~= after, every == 0 || PluginLimits.timerRange ~= every
            else { return tally_status(TALLY_BAD_ARGUMENT) }
            let action = unsafe PluginFunction(function, argument)
            return unsafe HostTable.onLoop(host) { instance in
                guard let number = instance.startTimer(after: after, every: every, action) else {
                    return TALLY_LIMIT
                }
                unsafe timer.pointee = number
                return TALLY_OK
            }
        }
        unsafe table.cancel_timer = { host, timer in
            unsafe HostTable.onLoop(host) { $0.cancelTimer(timer) ? TALLY_OK : TALLY_NOT_FOUND }
        }
    }

    private static func fillNode(_ table: inout tally_host) {
        unsafe table.call = { host, method, parameters, done, context in
            unsafe HostTable.onLoop(host) { instance in
                let most = PluginLimits.maximumMethodByteCount
                guard let method = unsafe PluginText.string(method, maximumByteCount: most),
                    !method.isEmpty, let text = unsafe HostTable.object(parameters)
                else { return TALLY_BAD_ARGUMENT }
                let answer = unsafe NodeAnswer(done, context)
                return instance.call(method, text, answer)
            }
        }
        unsafe table.send = { host, session, data in
            unsafe HostTable.onLoop(host) { instance in
                guard let data = unsafe data,
                    let text = unsafe HeldJSON.text(
                        of: data,
                        maximumByteCount: PluginLimits.maximumAnswerByteCount
                    )
                else { return TALLY_BAD_ARGUMENT }
                return instance.send(text, to: session)
            }
        }
        unsafe table.disconnect = { host, session, code, reason in
            unsafe HostTable.onLoop(host) { instance in
                let most = PluginLimits.maximumDisconnectReasonByteCount
                guard 3_000...4_999 ~= code,
                    let reason = unsafe PluginText.string(reason, maximumByteCount: most),
                    reason.utf8.allSatisfy({ 0x20...0x7E ~= $0 })
                else { return TALLY_BAD_ARGUMENT }
                return instance.disconnect(session, code, reason)
            }
        }
        unsafe table.unsubscribe = { host, session, channel in
            unsafe HostTable.onLoop(host) { instance in
                let most = PluginLimits.maximumChannelByteCount
                guard let channel = unsafe PluginText.string(channel, maximumByteCount: most),
                    !channel.isEmpty
                else { return TALLY_BAD_ARGUMENT }
                return instance.unsubscribe(session, channel)
            }
        }
    }

    /// The JSON text of a borrowed object; `{}` for NULL, nil for anything else.
    private static func object(_ value: UnsafePointer<json_t>?) -> [UInt8]? {
        guard let value = unsafe value else { return Array("{}".utf8) }
        guard unsafe tally_json_type(value) == Int32(JSON_OBJECT.rawValue) else { return nil }
        return unsafe HeldJSON.text(
            of: value,
            maximumByteCount: PluginLimits.maximumAnswerByteCount
        )
    }
}

/// A `tally_done` and what to call it with.
@safe struct NodeAnswer {
    private let function: tally_done?
    private let context: UnsafeMutableRawPointer?

    init(_ function: tally_done?, _ context: UnsafeMutableRawPointer?) {
        unsafe self.function = unsafe function
        unsafe self.context = unsafe context
    }

    func call(_ result: HeldJSON) {
        // Alive until the function returns; the message is a static text.
        withExtendedLifetime(result) {
            unsafe "".withCString { unsafe function?(context, 0, $0, result.node) }
        }
    }

    func call(_ error: PluginServiceError) {
        unsafe error.message.withCString { message in
            unsafe function?(context, Int32(clamping: error.code), message, nil)
        }
    }

    var isWanted: Bool { unsafe function != nil }
}
