// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The real binary, run to its end.
struct TallyCommand {
    let status: Int32
    let output: String
    let errors: String

    var lines: [Substring] { output.split(separator: "\n") }

    /// Runs `tally` in a folder of its own, with nothing of Tally's in the environment but `variables`.
    init(_ arguments: String..., folder: TestFolder, variables: [String: String] = [:]) throws {
        try self.init(arguments, folder: folder, variables: variables)
    }

    init(
        _ arguments: [String],
        folder: TestFolder,
        variables: [String: String] = [:]
    ) throws {
        let process = Process()
        process.executableURL = Self.binary
        process.arguments = arguments
        process.currentDirectoryURL = folder.url
        process.environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("TALLY_") }
            .merging(variables) { $1 }
        let output = folder.url.appending(path: "stdout")
        let errors = folder.url.appending(path: "stderr")
        for file in [output, errors] { try Data().write(to: file) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        status = process.terminationStatus
        self.output = try String(contentsOf: output, encoding: .utf8)
        self.errors = try String(contentsOf: errors, encoding: .utf8)
    }

    /// Built beside the tests, as this target depends on it.
    static var binary: URL {
        let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let beside = program.appending(path: "tally")
        if FileManager.default.isExecutableFile(atPath: beside.path()) { return beside }
        return URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: ".build/debug/tally")
    }
}

/// A folder that is gone with the test.
final class TestFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(
            path: "tally-test-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func write(_ text: String, to name: String, mode: Int = 0o600) throws {
        let file = url.appending(path: name)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path())
    }

    func contains(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: url.appending(path: name).path())
    }
}
