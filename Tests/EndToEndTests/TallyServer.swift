// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import Foundation
import JSON
import Reactor
import StatusPage
import Testing
import Tokens

/// The real binary, serving from a folder of its own on a port that the system chose.
final class TallyServer {
    let folder: String
    private let process = Process()
    private let secret = Array("0123456789abcdef0123456789abcdef".utf8)

    /// Starts `tally serve` and waits until all its processes serve.
    ///
    /// `folder`: another server's, which has ended; otherwise a new one.
    ///
    /// `listen`: in the notation of the command line, on free ports.
    init(
        workers: Int = 3,
        manifest: String = "",
        folder: String? = nil,
        listen: [String] = ["127.0.0.1:0"]
    ) throws {
        self.folder = folder ?? NSTemporaryDirectory() + "tally-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(
            atPath: self.folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let manifestPath = self.folder + "/tally.yaml"
        try manifest.write(toFile: manifestPath, atomically: true, encoding: .utf8)
        process.executableURL = Self.binary
        process.arguments =
            [
                "serve", "--config", manifestPath, "--workers", "\(workers)", "--data", self.folder,
            ] + listen.flatMap { ["--listen", $0] }
        process.environment = [
            "TALLY_TOKEN_SECRET": String(decoding: secret, as: UTF8.self), "PATH": "/usr/bin:/bin",
        ].merging(
            // What `make asan` and `make tsan` say is for the server, too.
            ProcessInfo.processInfo.environment.filter { $0.key.hasSuffix("SAN_OPTIONS") }
        ) { own, _ in own }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: "/dev/null")
        try process.run()
        try wait(for: "every process to serve") { status in
            // The page may still be that of a server which ended in this folder.
            status.processes.contains { $0.pid == Int(process.processIdentifier) }
                && status.processes.count == workers + 2
                && status.processes.allSatisfy { $0.phase == .serving }
        }
    }

    deinit {
        // By process id; the children end with their supervisor.
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A manifest's section for clients that say something as fast as it is taken.
    static let talkative = "client:\n  command_burst: 10000\n  publish_burst: 10000\n"

    /// The binary of the build that these tests belong to.
    static var binary: URL {
        URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("tally")
    }

    var pid: Int32 { process.processIdentifier }

    func status() throws -> StatusSnapshot { try StatusReader.read(folder: folder) }

    func url() throws -> ServerURL {
        let address = try #require(try status().addresses.first)
        // Without what the listener is, such as `tls`.
        return try ServerURL(parsing: "ws://" + address.prefix { $0 != " " })
    }

    func pid(of role: ProcessRole, _ index: Int = 0) throws -> Int32 {
        let found = try status().processes.first { $0.identity == ProcessIdentity(role, index) }
        return Int32(try #require(found).pid)
    }

    /// Waits until the status page shows it.
    @discardableResult
    func wait(
        for what: String,
        within limit: Duration = .seconds(20),
        until condition: (StatusSnapshot) -> Bool
    ) throws -> StatusSnapshot {
        let deadline = MonotonicTime.now() + limit
        while MonotonicTime.now() < deadline {
            if let status = try? status(), condition(status) { return status }
            guard process.isRunning else { throw Failure("tally serve ended, waiting for \(what)") }
            // A pause between two looks at another process, which cannot tell us; not a delay
            // that the test counts on.
            usleep(10_000)
        }
        throw Failure("timed out waiting for \(what)")
    }

    /// Sends a signal and waits for the end.
    ///
    /// - Returns: the exit status; negative: the signal that ended it.
    func end(by signal: Int32) -> Int32 {
        kill(pid, signal)
        process.waitUntilExit()
        return process.terminationReason == .exit
            ? process.terminationStatus : -process.terminationStatus
    }

    func token(
        user: String,
        _ allow: Permissions = [.subscribe, .publish],
        channels: String = "live:*"
    ) throws -> String {
        try token(
            for: Claims(
                user: user,
                expiresAt: WallClock.now() / 1_000 + 3_600,
                capabilities: [
                    Capability(channels: [channels], match: .wildcard, allow: allow)
                ]
            )
        )
    }

    /// Whether a process runs; one whose end nobody has taken note of yet does not.
    static func isAlive(_ pid: Int32) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
            return false
        }
        return stat.split(separator: ")").last?.split(separator: " ").first != "Z"
    }

    /// Runs another command of the binary to its end.
    func run(_ arguments: [String]) throws -> (status: Int32, errors: String) {
        let process = Process()
        let errors = Pipe()
        process.executableURL = Self.binary
        process.arguments = arguments
        process.environment = self.process.environment
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let text = String(
            decoding: errors.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    func token(for claims: Claims) throws -> String {
        try TokenSigner(secret: secret).sign(claims)
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) {
            self.description = description
        }
    }
}
