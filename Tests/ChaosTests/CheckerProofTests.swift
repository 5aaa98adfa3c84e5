// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// That the checker finds what it is for, in a real server that breaks a promise.
@Suite struct CheckerProofTests {
    @Test func anAcknowledgementBeforeItsCommitIsFound() throws {
        let folder = NSTemporaryDirectory() + "tally-proof-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: false
        )
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let library = folder + "/late_commit.so"
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("LateCommit/late_commit.c").path
        let compilation = try run(
            "/usr/bin/env",
            ["clang", "-shared", "-fPIC", "-Wall", "-Werror", "-o", library, source]
        )
        try #require(compilation.status == 0, "\(compilation.output)")

        let chaos = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("tally-chaos").path
        let found = try run(
            chaos,
            ["--seed", "1", "--seconds", "30", "--faults", "kill-hub", "--preload", library],
            temporaryFolder: folder
        )
        #expect(found.status == 1)
        #expect(found.output.contains("VIOLATED"))
        #expect(found.output.contains("*** kill-hub"))
        #expect(found.output.contains("acknowledged"))
    }

    /// Runs a program to its end, which it comes to by itself.
    private func run(
        _ path: String,
        _ arguments: [String],
        temporaryFolder: String = NSTemporaryDirectory()
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        environment["TMPDIR"] = temporaryFolder
        process.environment = environment
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}
