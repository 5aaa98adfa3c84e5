// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

extension EventLoop {
    /// Turns signals into calls, for the life of the loop.
    ///
    /// They are blocked, and read from a `signalfd(2)`: a handler of ours never interrupts
    /// anything. Signals that come while one of the same kind waits are merged into it (`signal(7)`).
    package func watchSignals(
        _ signals: [Int32],
        handler: @escaping (Int32) -> Void
    ) throws(SystemError) {
        // `signals` is alive during the call, which reads exactly its count.
        let raw = unsafe tally_signal_descriptor(signals, Int32(signals.count))
        guard raw >= 0 else { throw SystemError(lastErrorOf: "signalfd") }
        let watcher = SignalWatcher(Descriptor(owning: raw), handler)
        _ = try add(raw, .readable, handler: watcher)
    }
}

/// Reads a signalfd.
private final class SignalWatcher: EventHandler {
    private let descriptor: Descriptor
    private let handler: (Int32) -> Void

    init(_ descriptor: consuming Descriptor, _ handler: @escaping (Int32) -> Void) {
        self.descriptor = descriptor
        self.handler = handler
    }

    func handle(_ readiness: Readiness) {
        var info = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        // `info` is a live local of the size that is passed; reads give whole records only.
        while retryingInterrupted({ unsafe read(descriptor.raw, &info, size) }) == size {
            handler(Int32(bitPattern: info.ssi_signo))
        }
    }
}
