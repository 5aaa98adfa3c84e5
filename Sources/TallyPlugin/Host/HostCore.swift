// SPDX-License-Identifier: Apache-2.0

internal import CTallyPlugin
import Glibc
import Synchronization

/// The `tally_host` of one instance, closed when the instance ends.
///
/// `@unchecked`: `host` is written on the loop alone, under the lock; the loop reads it without, since
/// nobody else writes, so that a call which Tally makes from within one cannot meet the lock. Other
/// threads hold the lock while they are in a host function, so that the host outlives it.
@safe
final class HostCore: @unchecked Sendable {
    private var host: UnsafeMutablePointer<tally_host>?
    private let lock = Mutex(())
    private let loopThread: pthread_t
    /// Touched on the loop alone.
    var timers: [UInt64: TimerAction] = [:]

    /// On the loop, in `create`.
    init(_ host: UnsafeMutablePointer<tally_host>) {
        unsafe self.host = host
        loopThread = pthread_self()
        LoopExecutor.shared.attach(self)
    }

    /// On the loop, in `destroy`: from now on every function is refused.
    func close() {
        LoopExecutor.shared.detach(self)
        lock.withLock { _ in unsafe host = nil }
        timers = [:]
    }

    var isOnLoop: Bool { pthread_equal(pthread_self(), loopThread) != 0 }

    /// Calls a function that tally_plugin.h marks `[any]`.
    func anywhere<Result: Sendable>(
        _ body: (UnsafeMutablePointer<tally_host>) -> Result
    ) -> Result? {
        if isOnLoop { return unsafe host.map { unsafe body($0) } }
        return lock.withLock { _ in unsafe host.map { unsafe body($0) } }
    }

    /// Calls a function that tally_plugin.h marks `[loop]`.
    @Loop
    func onLoop<Result>(_ body: (UnsafeMutablePointer<tally_host>) -> Result) -> Result? {
        unsafe host.map { unsafe body($0) }
    }

    /// Whether the host will call it, with a null argument.
    func runOnLoop(_ function: @convention(c) (UnsafeMutableRawPointer?) -> Void) -> Bool {
        let status = unsafe anywhere { host in
            unsafe host.pointee.run_on_loop(host, function, nil)
        }
        return status == tally_status(TALLY_OK)
    }
}
