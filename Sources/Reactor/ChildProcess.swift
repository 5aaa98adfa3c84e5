// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// How a process ended.
package enum ExitStatus: Hashable, Sendable, CustomStringConvertible {
    case exited(Int32)
    case killed(signal: Int32)

    package var description: String {
        switch self {
        case .exited(let status): "exit status \(status)"
        case .killed(let signal): "signal \(Self.name(ofSignal: signal))"
        }
    }

    /// Such as SIGKILL.
    package static func name(ofSignal signal: Int32) -> String {
        // Points to a static string of the C library, or is NULL for an unknown number.
        guard let name = unsafe tally_signal_name(signal) else { return "\(signal)" }
        return unsafe "SIG\(String(cString: name))"
    }
}

/// Starts, signals and reaps the children of this process.
package enum ChildProcess {
    /// The program that runs now, even when its file was replaced since (`proc(5)`).
    package static let ownExecutable = "/proc/self/exe"

    /// Starts a program that is killed when this process dies, however that happens.
    ///
    /// Only for a process with a single thread: the kernel watches the *thread* that forks
    /// (`PR_SET_PDEATHSIG`). The child leads its own process group, has default signals, reads
    /// nothing, and inherits the environment and exactly these descriptors under their numbers.
    /// - Parameters:
    ///   - executable: the program's path.
    ///   - arguments: of the program, `arguments[0]` included.
    ///   - descriptors: what it inherits.
    /// - Returns: the child's process id.
    /// - Throws: the error of fork(2) or of execve(2).
    package static func spawn(
        _ executable: String,
        arguments: [String],
        inheriting descriptors: [Int32]
    ) throws(SystemError) -> Int32 {
        // Copies that tally_spawn reads and execve copies; freed on every way out.
        let copies: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
        defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
        var child: Int32 = -1
        // The vector ends with NULL, as execv(3) wants; the count is the array's.
        let code = unsafe tally_spawn(
            executable,
            copies + [nil],
            descriptors,
            Int32(descriptors.count),
            &child
        )
        guard code == 0 else {
            // execve failed in a child that exists: it has to be reaped.
            if child > 0 { _ = waitForEnd(of: child, options: 0) }
            throw SystemError(operation: "start \(executable)", code: code)
        }
        return child
    }

    /// Takes note of a child's end; nil while it runs.
    package static func reap(_ child: Int32) -> ExitStatus? {
        waitForEnd(of: child, options: WNOHANG)
    }

    /// Sends a signal to a child that was not reaped yet, so its id is still its own.
    package static func signal(_ child: Int32, _ signal: Int32) {
        precondition(child > 0)
        _ = kill(child, signal)
    }

    private static func waitForEnd(of child: Int32, options: Int32) -> ExitStatus? {
        precondition(child > 0)
        var status: Int32 = 0
        // `status` is a live local.
        let reaped = retryingInterrupted { unsafe waitpid(child, &status, options) }
        guard reaped == child else { return nil }
        // wait(2): the low 7 bits are the signal, 0 for an exit with the status above them.
        let signal = status & 0x7f
        return signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
    }
}

/// Makes sure that this process dies with its parent, after its credentials changed or its exec.
///
/// - Returns: false when the parent is not the expected one any more: end now.
package func dieWithParent(_ expectedParent: Int32) -> Bool {
    tally_die_with_parent() == 0 && getppid() == expectedParent
}
