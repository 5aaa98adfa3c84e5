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

    /// Has freed blocks of 128 KiB and more leave the process at once (mallopt(3), M_MMAP_THRESHOLD).
    ///
    /// Left to itself, glibc raises that size to the largest block that was ever freed, and the tables
    /// that double while an audience comes leave holes of their former sizes in the heap for good.
    package static func giveBackLargeBlocks() {
        tally_map_blocks_from(128 << 10)
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

    /// Bytes of memory that this process occupies now (proc_pid_statm(5)); nil where /proc is not there.
    package static func residentByteCount() -> Int? {
        guard let file = try? File.open("/proc/self/statm", for: .reading),
            let text = try? File.read(file, maximumByteCount: 256)
        else { return nil }
        let fields = text.split(separator: UInt8(ascii: " "))
        guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else {
            return nil
        }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
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

    /// The path by which this program was started, made absolute; a link in it stays one, so that
    /// it leads to a newer program after an installation.
    ///
    /// nil when the system does not tell, or when the path was not one of a file.
    package static var startPath: String? {
        // Lies beside the arguments, alive as long as the process.
        guard let text = unsafe tally_start_path() else { return nil }
        let path = unsafe String(cString: text)
        guard !path.hasPrefix("/") else { return path }
        // getcwd(3) allocates the text, which is freed here.
        guard let folder = unsafe getcwd(nil, 0) else { return nil }
        defer { unsafe free(folder) }
        return unsafe String(cString: folder) + "/" + path
    }

    /// Opens the program that runs, so that it can be run again after its file is gone.
    package static func openProgram() throws(SystemError) -> Descriptor {
        let path = ChildProcess.ownExecutable
        let raw = retryingInterrupted { unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC) }
        guard raw >= 0 else { throw SystemError(lastErrorOf: "open \(path)") }
        return Descriptor(owning: raw)
    }

    /// Becomes another program, which goes on as this process: same id, same children.
    ///
    /// Signals that are blocked stay so, and those that wait go on waiting for whoever takes them
    /// (execve(2)). Only for a process with a single thread, whose children would otherwise see
    /// their parent die.
    /// - Returns: only when it failed; then nothing has changed.
    package static func become(
        _ program: String,
        arguments: [String],
        keeping descriptors: [Int32]
    ) -> SystemError {
        // Copies that execve reads; freed when it fails.
        let copies: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
        defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
        for raw in descriptors {
            let result = fcntl(raw, F_SETFD, 0)
            precondition(result == 0, "a descriptor to keep is not open")
        }
        // The vector ends with NULL, as execv(3) wants.
        _ = unsafe execv(program, copies + [nil])
        let error = SystemError(lastErrorOf: "start \(program)")
        for raw in descriptors { _ = fcntl(raw, F_SETFD, FD_CLOEXEC) }
        return error
    }
}
