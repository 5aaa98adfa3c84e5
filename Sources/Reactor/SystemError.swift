// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A system call that failed for a reason that the outside can cause.
///
/// Reads as `bind 127.0.0.1:80: Permission denied (EACCES)`.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The call and what it was about.
    package let operation: String
    /// The error number, `errno(3)`.
    package let code: Int32

    package init(operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    /// The error of the call that has just returned -1.
    init(lastErrorOf operation: String) {
        self.init(operation: operation, code: errno)
    }

    package var description: String {
        "\(operation): \(Self.text(of: code))"
    }

    /// Whether the file or folder that the call was about does not exist.
    package var isMissingFile: Bool { code == ENOENT }
    /// Whether a file's or folder's permissions were against it.
    package var isPermissionDenied: Bool { code == EACCES }

    /// The system's words for an error number, and its name.
    package static func text(of code: Int32) -> String {
        // Both point to static strings of the C library, or are NULL for an unknown number.
        guard let text = unsafe tally_error_text(code), let name = unsafe tally_error_name(code)
        else { return "error \(code)" }
        return unsafe "\(String(cString: text)) (\(String(cString: name)))"
    }
}

/// Runs a call again as long as a signal interrupts it.
///
/// EBADF, EFAULT and ENOTSOCK crash: only a mistake of ours can cause them, and going on would act
/// on somebody else's descriptor. `errno` is still the call's when this returns -1.
func retryingInterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 { return result }
        switch errno {
        case EINTR: continue
        case EBADF, EFAULT, ENOTSOCK:
            preconditionFailure("a descriptor or buffer is wrong: \(SystemError.text(of: errno))")
        default: return result
        }
    }
}
