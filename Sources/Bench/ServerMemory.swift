// SPDX-License-Identifier: Apache-2.0

import Reactor
import StatusPage

/// What each process of a server holds in user space, by the kernel's own account.
package struct ServerMemory {
    package struct Process {
        package let name: String
        package let pid: Int
        /// Private memory, written to or not shared (proc_pid_smaps(5), `Private_*`), in bytes.
        package let privateByteCount: Int
        /// The same with its share of what several have (`Pss`), in bytes.
        package let proportionalByteCount: Int
        /// Resident memory, shared pages counted in full (`Rss`), in bytes.
        package let residentByteCount: Int
    }

    package let processes: [Process]

    /// Reads it for every process of the server that serves from a data folder.
    package init(dataFolder: String) throws {
        let status = try MeasuredServer.status(of: dataFolder)
        processes = try status.processes.filter { $0.pid > 0 }.map { process in
            let fields = try Self.fields(of: process.pid)
            return Process(
                name: "\(process.identity)",
                pid: process.pid,
                privateByteCount: fields["Private_Clean", default: 0]
                    + fields["Private_Dirty", default: 0],
                proportionalByteCount: fields["Pss", default: 0],
                residentByteCount: fields["Rss", default: 0]
            )
        }
    }

    package var privateByteCount: Int { processes.reduce(0) { $0 + $1.privateByteCount } }
    package var proportionalByteCount: Int {
        processes.reduce(0) { $0 + $1.proportionalByteCount }
    }

    /// `/proc/PID/smaps_rollup` as a map from field to bytes.
    private static func fields(of pid: Int) throws -> [String: Int] {
        let file = try File.open("/proc/\(pid)/smaps_rollup", for: .reading)
        let bytes = try File.read(file, maximumByteCount: 64 * 1024)
        var fields: [String: Int] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 3, words[2] == "kB", let kibibytes = Int(words[1]) else {
                continue
            }
            fields[String(words[0].dropLast()), default: 0] += kibibytes * 1_024
        }
        return fields
    }
}
