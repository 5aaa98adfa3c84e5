// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// The processor time of processes, by the kernel's own account.
package enum ProcessorTime {
    /// Nanoseconds that the threads of a process have run, user and system together.
    ///
    /// From the scheduler (`/proc/PID/task/TID/schedstat`), which counts in nanoseconds; where a kernel
    /// has none, from `/proc/PID/stat` in clock ticks. What threads ran that are gone is in the second
    /// alone.
    package static func ofProcess(_ pid: Int) throws(SystemError) -> UInt64 {
        let threads = try Folder.names(in: "/proc/\(pid)/task")
        var sum: UInt64 = 0
        for thread in threads {
            // A thread may end while its folder is read.
            guard let text = try? text(of: "/proc/\(pid)/task/\(thread)/schedstat"),
                let time = text.split(separator: " ").first.flatMap({ UInt64($0) })
            else { continue }
            sum += time
        }
        if sum > 0 { return sum }
        return try fromTicks(pid)
    }

    /// These processes, and all that they started and that still run.
    package static func withDescendants(of roots: [Int]) throws(SystemError) -> [Int] {
        var children: [Int: [Int]] = [:]
        for name in try Folder.names(in: "/proc") {
            guard let pid = Int(name), let fields = try? stat(pid), fields.count > 1,
                let parent = Int(fields[1])
            else { continue }
            children[parent, default: []].append(pid)
        }
        var found: [Int] = []
        var waiting = roots
        while let pid = waiting.popLast() {
            guard !found.contains(pid) else { continue }
            found.append(pid)
            waiting += children[pid] ?? []
        }
        return found.sorted()
    }

    /// The fields of `/proc/PID/stat` behind the program's name, which may have spaces: the state first.
    static func stat(_ pid: Int) throws(SystemError) -> [Substring] {
        let text = try text(of: "/proc/\(pid)/stat")
        guard let end = text.lastIndex(of: ")") else { return [] }
        return text[text.index(after: end)...].split(separator: " ")
    }

    private static func fromTicks(_ pid: Int) throws(SystemError) -> UInt64 {
        let fields = try stat(pid)
        // utime and stime, fields 14 and 15 of proc_pid_stat(5); user space has 100 ticks a second.
        guard fields.count > 12, let user = UInt64(fields[11]), let system = UInt64(fields[12])
        else { return 0 }
        return (user + system) * 10_000_000
    }

    private static func text(of path: String) throws(SystemError) -> String {
        let file = try File.open(path, for: .reading)
        return String(decoding: try File.read(file, maximumByteCount: 8 << 10), as: UTF8.self)
    }
}
