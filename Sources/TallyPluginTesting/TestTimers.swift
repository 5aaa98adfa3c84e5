// SPDX-License-Identifier: Apache-2.0

/// Timers whose clock is moved by hand.
@safe
struct TestTimers {
    typealias Function = @convention(c) (UnsafeMutableRawPointer?) -> Void

    @unsafe
    private struct Entry {
        let number: UInt64
        var due: Duration
        let interval: Duration?
        let function: Function
        let argument: UnsafeMutableRawPointer?
    }

    private var now = Duration.zero
    private var entries: [Entry] = unsafe []
    private var lastNumber: UInt64 = 0

    mutating func start(
        after delay: Duration,
        every interval: Duration?,
        _ function: @escaping Function,
        _ argument: UnsafeMutableRawPointer?
    ) -> UInt64 {
        lastNumber += 1
        unsafe entries.append(
            Entry(
                number: lastNumber,
                due: now + delay,
                interval: interval,
                function: function,
                argument: argument
            )
        )
        return lastNumber
    }

    mutating func cancel(_ number: UInt64) -> Bool {
        guard let index = unsafe entries.firstIndex(where: { unsafe $0.number == number }) else {
            return false
        }
        unsafe entries.remove(at: index)
        return true
    }

    /// The timer that is due next, ended or set again; the clock then stands at its time.
    mutating func next(until end: Duration) -> (() -> Void)? {
        let due = unsafe entries.indices.filter { unsafe entries[$0].due <= end }
        guard let index = due.min(by: { unsafe entries[$0].due < entries[$1].due }) else {
            now = end
            return nil
        }
        let entry = unsafe entries[index]
        unsafe now = entry.due
        if let interval = unsafe entry.interval {
            unsafe entries[index].due += interval
        } else {
            unsafe entries.remove(at: index)
        }
        return { unsafe entry.function(entry.argument) }
    }

    var time: Duration { now }
}
