// SPDX-License-Identifier: Apache-2.0

import CPluginHost
import CTallyPlugin
import Hooks
import Logging
import Manifest
import Reactor
import StatusPage

/// One plugin in this worker: what it has on the loop.
///
/// Everything here belongs to the loop's thread; other threads reach the `HostDesk` alone.
@safe final class PluginInstance: EventHandler {
    let settings: PluginSettings
    let library: PluginLibrary
    let settingsValue: HeldJSON
    let desk: HostDesk
    let logger: Logger
    let figures: PluginFigures?
    let loop: EventLoop
    unowned let host: PluginHost

    /// What `create` returned; nil before, and once it is destroyed.
    private var plugin: UnsafeMutableRawPointer?
    private var registration: Registration?
    private(set) lazy var pool = PluginPool(desk.inbox, number: settings.number)

    var pending: [UInt64: PendingCall] = [:]
    /// The call that the plugin is in, and what it answered before that returned.
    var currentTicket: UInt64 = 0
    var earlyVerdict: PluginVerdict?
    var timers: [UInt64: TimerID] = [:]
    var lastTimer: UInt64 = 0
    var nodeCalls: [UInt64: NodeAnswer] = [:]
    var lastNodeCall: UInt64 = 0
    /// Accepted by `run_off_loop` and not ended yet.
    var jobCount = 0
    var slowCalls: QuietReport
    var lostAnswers: QuietReport

    init(
        _ settings: PluginSettings,
        _ library: PluginLibrary,
        _ settingsValue: HeldJSON,
        _ desk: HostDesk,
        host: PluginHost,
        loop: EventLoop,
        figures: PluginFigures?,
        logger: Logger
    ) {
        self.settings = settings
        self.library = library
        self.settingsValue = settingsValue
        self.desk = desk
        self.host = host
        self.loop = loop
        self.figures = figures
        self.logger = logger
        slowCalls = QuietReport("slow calls of a plugin hold up the loop")
        lostAnswers = QuietReport("calls that a plugin did not answer")
    }

    func has(_ hook: Hook) -> Bool {
        library.hooks.contains(hook) && settings.hooks?.contains(hook) ?? true
    }

    /// Calls `create`.
    func create() throws(PluginLoadError) {
        do throws(SystemError) {
            registration = try loop.add(desk.inbox.descriptor, .readable, handler: self)
        } catch {
            throw PluginLoadError(settings.name, "library", "cannot be watched: \(error)")
        }
        let table = HostTable(desk, self)
        var failure = [CChar](repeating: 0, count: PluginLimits.errorByteCount)
        let count = failure.count
        let made = unsafe perform(.create) {
            // `failure` lives through the call, with the size that is told.
            unsafe failure.withUnsafeMutableBufferPointer { buffer in
                unsafe library.descriptor.create(table.pointer, buffer.baseAddress, count)
            }
        }
        guard let made = unsafe made else {
            throw PluginLoadError(
                settings.name,
                "settings",
                "create failed: \(Self.text(of: failure))"
            )
        }
        unsafe plugin = made
        figures?.begin(version: library.version)
    }

    var hasSelfTest: Bool { unsafe library.descriptor.self_test != nil }

    /// Calls `self_test`; nil: it is well, or has none.
    func selfTest() -> String? {
        guard let test = unsafe library.descriptor.self_test else { return nil }
        var failure = [CChar](repeating: 0, count: PluginLimits.errorByteCount)
        let count = failure.count
        let result = perform(.create) {
            // As in `create`.
            unsafe failure.withUnsafeMutableBufferPointer { buffer in
                unsafe test(plugin, buffer.baseAddress, count)
            }
        }
        return result == 0 ? nil : "self_test answered \(result): \(Self.text(of: failure))"
    }

    private static func text(of failure: [CChar]) -> String {
        let bytes = failure.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return bytes.isEmpty ? "it does not say why" : String(decoding: bytes, as: UTF8.self)
    }

    /// Calls a hook, and takes its answer while the mark still says who gave it.
    func callHook(
        _ hook: Hook,
        _ call: UnsafePointer<tally_call>
    ) -> PluginVerdict {
        guard let function = unsafe library.function(of: hook) else { return .allow }
        return perform(.hook(hook)) {
            var answer = unsafe tally_answer()
            unsafe answer.struct_size = UInt32(MemoryLayout<tally_answer>.size)
            // The plugin's own instance; call and answer live until it returns.
            let verdict = unsafe function(plugin, call, &answer)
            return unsafe PluginVerdict(taking: verdict, &answer)
        }
    }

    /// Does something in which the plugin runs, marked so that its death is known for its own.
    func perform<Result>(_ activity: PluginActivity, _ body: () -> Result) -> Result {
        let mark = host.status?.enterPlugin(settings.number, activity)
        host.callDepth += 1
        let begin = MonotonicTime.now()
        let result = body()
        let time = MonotonicTime.now() - begin
        host.callDepth -= 1
        if let mark { host.status?.leavePlugin(mark) }
        figures?.addCall(activity, took: time)
        if time > settings.slowCall, activity != .create, activity != .destroy {
            figures?.add(.slowCalls, activity)
            slowCalls.count(
                logger,
                [
                    "hook": "\(activity.name)",
                    "milliseconds": "\(time / .milliseconds(1))",
                    "threshold": "\(settings.slowCall)",
                    "p99_microseconds":
                        "\((figures?.nanoseconds(ofShare: 0.99, activity) ?? 0) / 1_000)",
                ]
            )
        }
        return result
    }

    /// Calls `destroy`, which has what is left of the plugin's time.
    func destroy(within time: Duration) {
        if let registration { loop.remove(registration) }
        registration = nil
        if let destroy = unsafe library.descriptor.destroy, let instance = unsafe plugin {
            perform(.destroy) {
                // It runs on the loop and cannot be interrupted: beyond its time the process ends here,
                // marked as the plugin's death.
                tally_die_after(UInt64(max(1, time.clampedNanoseconds / 1_000_000)))
                unsafe destroy(instance)
                tally_die_after(0)
            }
        }
        unsafe plugin = nil
        desk.close()
    }
}

/// Something that may happen often and is told rarely: at once, then at most every ten seconds with
/// how often it was.
struct QuietReport {
    private static let interval = Duration.seconds(10)

    private let message: Logger.Message
    private var since: MonotonicTime?
    private var untold = 0

    init(_ message: Logger.Message) {
        self.message = message
    }

    mutating func count(_ logger: Logger, _ metadata: Logger.Metadata) {
        untold += 1
        let now = MonotonicTime.now()
        if let since, now - since < Self.interval { return }
        since = now
        logger.warning(message, metadata: metadata.merging(["count": "\(untold)"]) { $1 })
        untold = 0
    }
}
