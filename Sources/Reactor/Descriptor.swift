// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An open file descriptor that closes when its owner is gone.
package struct Descriptor: ~Copyable {
    package let raw: Int32

    /// Takes over `raw`: nobody else may close it.
    package init(owning raw: Int32) {
        precondition(raw >= 0)
        self.raw = raw
    }

    deinit {
        // Not retried after EINTR: Linux has freed the number by then (close(2)).
        _ = Glibc.close(raw)
    }

    package consuming func close() {}

    /// Hands the number on without closing it.
    package consuming func relinquish() -> Int32 {
        let raw = raw
        discard self
        return raw
    }

    /// A second descriptor of the same file, close-on-exec as all of ours are.
    package borrowing func duplicate() throws(SystemError) -> Descriptor {
        let copy = retryingInterrupted { fcntl(raw, F_DUPFD_CLOEXEC, 3) }
        guard copy >= 0 else { throw SystemError(lastErrorOf: "duplicate descriptor") }
        return Descriptor(owning: copy)
    }
}
