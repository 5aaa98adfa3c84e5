// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `tally serve` on a free port, ended by its process id when the test is over.
final class RunningServer {
    struct TimedOut: Error {}

    let folder: TestFolder
    private let process = Process()
    /// Far above what a start or an end takes; a test that reaches it has failed.
    private static let deadline: TimeInterval = 20

    /// `manifest`: the text of a tally.yaml in `folder`.
    init(
        workers: Int = 2,
        folder: TestFolder? = nil,
        manifest: String? = nil,
        listen: [String] = ["127.0.0.1:0"]
    ) throws {
        self.folder = try folder ?? TestFolder()
        let folder = self.folder
        var more: [String] = []
        if let manifest {
            try folder.write(manifest, to: "tally.yaml")
            more = ["--config", "tally.yaml"]
        }
        let log = folder.url.appending(path: "log")
        try Data().write(to: log)
        process.executableURL = TallyCommand.binary
        process.arguments =
            ["serve", "--workers", "\(workers)"] + listen.flatMap { ["--listen", $0] } + more
        process.currentDirectoryURL = folder.url
        process.environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("TALLY_")
        }
        process.standardInput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        try wait {
            try run("status").status == 0 && processes().allSatisfy { $0.phase == "serving" }
        }
    }

    deinit {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    var log: String {
        (try? String(contentsOf: folder.url.appending(path: "log"), encoding: .utf8)) ?? ""
    }

    func run(_ arguments: String...) throws -> TallyCommand {
        try TallyCommand(arguments, folder: folder)
    }

    struct ProcessEntry: Decodable {
        let role: String
        let index: Int
        let pid: Int32
        let restarts: Int
        let connections: Int
        let phase: String
    }

    func processes() throws -> [ProcessEntry] {
        struct Status: Decodable {
            let processes: [ProcessEntry]
        }
        let text = try run("status", "--json").output
        return try JSONDecoder().decode(Status.self, from: Data(text.utf8)).processes
    }

    /// Sends TERM and waits for the end.
    func terminate() throws -> Int32 {
        process.terminate()
        try wait { !process.isRunning }
        return process.terminationStatus
    }

    func wait(until holds: () throws -> Bool) throws {
        let end = Date().addingTimeInterval(Self.deadline)
        while try !holds() {
            guard Date() < end else { throw TimedOut() }
            // Other processes are waited for: there is no event to wait on.
            usleep(20_000)
        }
    }
}

/// A `tally` command that goes on until it is interrupted; killed by its process id with the test.
final class RunningCommand {
    private let process = Process()
    private let outputFile: URL

    init(_ arguments: String..., folder: TestFolder) throws {
        outputFile = folder.url.appending(path: "running-" + UUID().uuidString)
        try Data().write(to: outputFile)
        process.executableURL = TallyCommand.binary
        process.arguments = arguments
        process.currentDirectoryURL = folder.url
        process.environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("TALLY_")
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    var output: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }
    var isRunning: Bool { process.isRunning }
    /// Meaningful once it is over; nil when a signal ended it.
    var exitStatus: Int32? {
        process.terminationReason == .exit ? process.terminationStatus : nil
    }

    /// Sends TERM.
    func terminate() {
        process.terminate()
    }

    /// Sends INT, as Ctrl-C does.
    func interrupt() {
        process.interrupt()
    }
}
