// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Waits for descriptors, timers and signals, and calls whoever asked; one per process.
///
/// It owns all state of its process through its handlers, and belongs to one thread. A turn is:
/// wait, read the clock, ready descriptors, due timers, actions deferred to the end of the turn.
/// The loop itself is not `Sendable`, so the compiler keeps it on its thread.
@safe package final class EventLoop {
    /// Most events per `epoll_wait(2)`: enough to spread the call's cost, few enough that
    /// timers and deferred flushes come round in about a millisecond.
    private static let maximumEventCount = 256

    /// Most rounds of deferred actions that defer more in one turn, so that a circle of them
    /// cannot keep descriptors waiting; the rest runs at the end of the next turn.
    private static let maximumDeferralRoundCount = 16

    /// The moment of this turn, read once after waiting.
    package private(set) var now: MonotonicTime

    private let epoll: Descriptor
    private let events: UnsafeMutableBufferPointer<epoll_event>
    private var registrations = RegistrationTable()
    private var timers = TimerHeap()
    private var deferred: [() -> Void] = []
    private var isInTurn = false
    private var isStopping = false

    /// Makes a loop, and makes the process ignore SIGPIPE: a peer that is gone is an error of
    /// `send`, not a death.
    ///
    /// - Throws: when the process has no descriptor left for it.
    package init() throws(SystemError) {
        tally_ignore_broken_pipe()
        let raw = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard raw >= 0 else { throw SystemError(lastErrorOf: "epoll_create1") }
        epoll = Descriptor(owning: raw)
        // Freed in deinit; only `wait` uses it.
        unsafe events = .allocate(capacity: Self.maximumEventCount)
        now = .now()
    }

    deinit {
        // Events are plain data: nothing to deinitialize.
        unsafe events.deallocate()
    }

    /// Number of descriptors that are registered now.
    package var registrationCount: Int { registrations.count }

    // MARK: Descriptors

    /// Watches a descriptor.
    ///
    /// The caller owns `raw`, and removes the registration before closing it.
    /// - Throws: ENOSPC or ENOMEM when the kernel cannot watch more.
    package func add(
        _ raw: Int32,
        _ interest: Interest,
        handler: any EventHandler
    ) throws(SystemError) -> Registration {
        let registration = registrations.insert(raw, interest, handler: handler)
        guard control(EPOLL_CTL_ADD, raw, interest, registration) == 0 else {
            let error = SystemError(lastErrorOf: "epoll_ctl")
            _ = registrations.remove(registration)
            throw error
        }
        return registration
    }

    /// Changes what a descriptor is watched for; costs nothing when it is that already.
    package func modify(_ registration: Registration, _ interest: Interest) {
        guard let raw = registrations.setInterest(interest, of: registration) else { return }
        let result = control(EPOLL_CTL_MOD, raw, interest, registration)
        precondition(result == 0, "a registered descriptor was closed")
    }

    /// Stops watching: the handler is let go, and not called again, not even for an event of
    /// this turn.
    package func remove(_ registration: Registration) {
        guard let raw = registrations.remove(registration) else { return }
        let result = control(EPOLL_CTL_DEL, raw, [], registration)
        precondition(result == 0, "a registered descriptor was closed before its removal")
    }

    private func control(
        _ operation: Int32,
        _ raw: Int32,
        _ interest: Interest,
        _ registration: Registration
    ) -> Int32 {
        var event = unsafe epoll_event()
        unsafe event.events = interest.epollEvents
        unsafe event.data.u64 = registration.packed
        // `event` is a live local; the kernel copies it.
        return retryingInterrupted { unsafe epoll_ctl(epoll.raw, operation, raw, &event) }
    }

    // MARK: Timers and deferred actions

    /// Runs an action once, not earlier than after this time, and at most about 1 ms late while
    /// the loop is idle.
    @discardableResult
    package func schedule(after delay: Duration, _ action: @escaping () -> Void) -> TimerID {
        // Not from `now`, which falls behind while a long turn runs.
        timers.schedule(at: .now() + delay, action)
    }

    package func cancel(_ timer: TimerID) {
        timers.cancel(timer)
    }

    /// Runs an action once, after the events and timers of this turn: to flush or commit
    /// together what they collected.
    package func deferToEndOfTurn(_ action: @escaping () -> Void) {
        deferred.append(action)
    }

    // MARK: Turns

    /// Turns until `stop` is called.
    ///
    /// - Throws: when waiting fails for a reason other than a signal.
    package func run() throws(SystemError) {
        isStopping = false
        while !isStopping {
            try runOnce(maximumWait: nil)
        }
    }

    /// Ends `run` after this turn.
    package func stop() {
        isStopping = true
    }

    /// One turn; waits for something to do, but not longer than `maximumWait` (nil: for ever).
    package func runOnce(maximumWait: Duration?) throws(SystemError) {
        precondition(!isInTurn, "a handler must not run the loop")
        let count = try wait(maximumWait)
        now = .now()
        isInTurn = true
        defer { isInTurn = false }
        for index in 0..<count {
            // `wait` filled the first `count` events; handlers cannot reach the buffer.
            let event = unsafe events[index]
            let registration = unsafe Registration(packed: event.data.u64)
            // A handler that ran earlier in this turn may have removed this one.
            registrations.handler(of: registration)?
                .handle(Readiness(epollEvents: unsafe event.events))
        }
        // Timers that these actions schedule lie after `now`, unless their delay is zero: those
        // wait for the next turn.
        var remaining = timers.count
        while remaining > 0, let action = timers.popDue(now) {
            remaining -= 1
            action()
        }
        runDeferred()
    }

    private func runDeferred() {
        var rounds = 0
        while !deferred.isEmpty, rounds < Self.maximumDeferralRoundCount {
            let actions = deferred
            deferred = []
            for action in actions { action() }
            rounds += 1
        }
    }

    private func wait(_ maximumWait: Duration?) throws(SystemError) -> Int {
        // `events` has room for the count that is passed.
        let count = unsafe epoll_wait(
            epoll.raw,
            events.baseAddress,
            Int32(Self.maximumEventCount),
            timeout(maximumWait)
        )
        if count >= 0 { return Int(count) }
        if errno == EINTR { return 0 }
        throw SystemError(lastErrorOf: "epoll_wait")
    }

    /// Whole milliseconds, rounded up: rounded down, the last one would be spent spinning.
    private func timeout(_ maximumWait: Duration?) -> Int32 {
        if isStopping || !deferred.isEmpty { return 0 }
        var wait = maximumWait
        if let deadline = timers.nextDeadline {
            let untilTimer = max(deadline - .now(), .zero)
            wait = wait.map { min($0, untilTimer) } ?? untilTimer
        }
        guard let wait else { return -1 }
        let nanoseconds = max(wait, .zero).clampedNanoseconds
        return Int32(clamping: nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 > 0 ? 1 : 0))
    }
}
