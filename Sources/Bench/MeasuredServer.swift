// SPDX-License-Identifier: Apache-2.0

import Reactor
import StatusPage

/// The processes of a server that is measured, and the processor time that they took.
package struct MeasuredServer {
    package struct Process: Hashable, Sendable {
        package let name: String
        package let pid: Int
    }

    package let processes: [Process]

    /// The processes of the Tally that serves from a data folder.
    package init(dataFolder: String) throws {
        let status = try Self.status(of: dataFolder)
        guard status.isSupervisorAlive else {
            throw BenchError.noStatus("no Tally serves from \(dataFolder)")
        }
        processes = (status.processes + status.retiring).filter { $0.pid > 0 }
            .map { Process(name: "\($0.identity)", pid: $0.pid) }
    }

    /// What the Tally of a data folder says of itself, whether it still runs or not.
    static func status(of dataFolder: String) throws(BenchError) -> StatusSnapshot {
        do {
            return try StatusReader.read(folder: dataFolder)
        } catch {
            throw .noStatus("\(error)")
        }
    }

    /// Processes by their ids, and those that they started.
    ///
    /// - Throws: `BenchError.noStatus` for an id of none.
    package init(pids: [Int]) throws {
        for pid in pids where (try? ProcessorTime.stat(pid)) == nil {
            throw BenchError.noStatus("there is no process \(pid)")
        }
        processes = try ProcessorTime.withDescendants(of: pids)
            .map { Process(name: "process \($0)", pid: $0) }
    }

    /// Nanoseconds that each has run.
    package func processorTimes() throws -> [UInt64] {
        try processes.map { process in
            do throws(SystemError) {
                return try ProcessorTime.ofProcess(process.pid)
            } catch {
                throw BenchError.noStatus("\(process.name) of the server has ended: \(error)")
            }
        }
    }
}
