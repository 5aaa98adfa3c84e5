// SPDX-License-Identifier: Apache-2.0

internal import CTallyPlugin

extension Host {
    /// Names a timer.
    public struct Timer: Hashable, Sendable {
        let number: UInt64
    }

    /// Runs `action` on the loop after a while, and then again and again where `every` is given.
    ///
    /// From a millisecond to a day; at most 1,024 at a time.
    @Loop
    @discardableResult
    public func startTimer(
        after delay: Duration,
        every interval: Duration? = nil,
        _ action: @escaping @Loop () -> Void
    ) throws(HostError) -> Timer {
        let timer = TimerAction(core: core, repeats: interval != nil, action)
        var number: UInt64 = 0
        let status = unsafe core.onLoop { host in
            // The core keeps the action until the timer has ended; no timer outlives the core's host.
            unsafe host.pointee.start_timer(
                host,
                delay.milliseconds,
                interval?.milliseconds ?? 0,
                { argument in unsafe TimerAction.fire(argument) },
                Unmanaged.passUnretained(timer).toOpaque(),
                &number
            )
        }
        try check(status)
        timer.number = number
        core.timers[number] = timer
        return Timer(number: number)
    }

    /// Ends a timer; one that has ended already is no error.
    @Loop
    public func cancel(_ timer: Timer) {
        core.timers[timer.number] = nil
        _ = unsafe core.onLoop { host in unsafe host.pointee.cancel_timer(host, timer.number) }
    }
}

/// What a timer does.
@Loop
final class TimerAction {
    private unowned let core: HostCore
    private let repeats: Bool
    private let action: @Loop () -> Void
    var number: UInt64 = 0

    init(core: HostCore, repeats: Bool, _ action: @escaping @Loop () -> Void) {
        self.core = core
        self.repeats = repeats
        self.action = action
    }

    nonisolated static func fire(_ argument: UnsafeMutableRawPointer?) {
        guard let argument = unsafe argument else { return }
        // Kept by `core.timers`, and by this constant while the action may end its own timer.
        let timer = unsafe Unmanaged<TimerAction>.fromOpaque(argument).takeUnretainedValue()
        Loop.assumeIsolated {
            if !timer.repeats { timer.core.timers[timer.number] = nil }
            timer.action()
        }
    }
}

extension Duration {
    /// At least 1, since Tally knows no shorter wait.
    fileprivate var milliseconds: UInt64 {
        let (seconds, attoseconds) = components
        let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000)
        guard !overflows else { return seconds < 0 ? 1 : .max }
        return UInt64(max(1, product &+ attoseconds / 1_000_000_000_000_000))
    }
}
