// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// What this process sets for itself and for its children.
package enum OwnProcess {
    package static var identifier: Int32 { getpid() }

    /// The name in `ps -e` and `top`; the kernel keeps 15 bytes of it.
    package static func setName(_ name: String) {
        // The kernel copies the text (prctl(2), PR_SET_NAME).
        unsafe tally_set_name(name)
    }

    /// Lets nobody else read or write what this process makes.
    package static func keepNewFilesPrivate() {
        umask(0o077)
    }

    /// Allows as many open descriptors as the system lets this user have.
    ///
    /// - Returns: how many.
    @discardableResult
    package static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        // `limit` is a live local in both calls. A refusal leaves what was.
        guard unsafe getrlimit(resource, &limit) == 0 else { return 0 }
        let soft = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        guard unsafe setrlimit(resource, &limit) == 0 else { return Int(clamping: soft) }
        return Int(clamping: limit.rlim_cur)
    }

    /// Makes a write beyond the limit on a file's size fail, as a full disk does, instead of ending
    /// the process (setrlimit(2), RLIMIT_FSIZE).
    package static func surviveFileSizeLimit() {
        tally_ignore_file_size_limit()
    }

    /// Whether whoever started this process wanted it to ignore a signal, as `nohup` does.
    package static func ignoresSignal(_ signal: Int32) -> Bool {
        tally_ignores_signal(signal) == 1
    }
}
