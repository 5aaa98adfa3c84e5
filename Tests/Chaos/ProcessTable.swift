// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor

/// What `/proc` says about processes (proc(5)).
enum ProcessTable {
    /// How many descriptors a process has open; nil when it is gone.
    static func descriptorCount(of pid: Int32) -> Int? {
        try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
    }

    /// Of a process with one thread.
    static func children(of pid: Int32) -> [Int32] {
        let text = FileManager.default.contents(atPath: "/proc/\(pid)/task/\(pid)/children")
        return String(decoding: text ?? Data(), as: UTF8.self).split(separator: " ")
            .compactMap { Int32($0) }
    }

    /// Every process that has this variable in its environment, and is not only waiting for its
    /// parent to take note of its end.
    static func processes(withEnvironment variable: String) -> [Int32] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.filter { pid in
            guard let environment = FileManager.default.contents(atPath: "/proc/\(pid)/environ")
            else { return false }
            return environment.split(separator: 0).contains { $0.elementsEqual(variable.utf8) }
        }
    }

    /// Runs a program to its end; for those that end at once.
    static func run(_ arguments: [String]) throws -> ExitStatus {
        let child = try ChildProcess.spawn(arguments[0], arguments: arguments, inheriting: [])
        while true {
            if let status = ChildProcess.reap(child) { return status }
            usleep(2_000)
        }
    }
}
