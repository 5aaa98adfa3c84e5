// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import StatusPage
import Testing

@testable import Supervisor

/// A folder that is gone when the test is over.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = "/tmp/tally-supervisor-\(UUID().uuidString.prefix(8))"
        try Folder.make(at: path)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// A supervisor in a process of its own, with children that follow a script.
final class RunningSupervisor {
    /// Longer than any step takes on a machine that is busy with other tests.
    static let deadline = Duration.seconds(30)

    let folder: String
    /// Held, so that it is not removed under a running supervisor.
    private let parent: TemporaryFolder
    private let process = Process()
    private let standardError: String
    private let standardOutput: String

    init(
        in folder: TemporaryFolder,
        address: String = "127.0.0.1:0",
        workers: Int = 2,
        hub: String = "serve",
        worker: String = "serve",
        timing: [String] = [],
        program: URL? = nil
    ) throws {
        parent = folder
        self.folder = folder.path + "/data"
        let name = UUID().uuidString
        standardError = folder.path + "/\(name).err"
        standardOutput = folder.path + "/\(name).out"
        for path in [standardError, standardOutput] {
            try Data().write(to: URL(filePath: path))
        }
        process.executableURL = program ?? Self.harness
        process.arguments =
            ["supervise", self.folder, address, "\(workers)", hub, worker] + timing
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: standardError)
        process.standardOutput = FileHandle(forWritingAtPath: standardOutput)
        try process.run()
    }

    static var harness: URL {
        let tests = Bundle.main.executableURL?.resolvingSymlinksInPath() ?? URL(filePath: "/")
        return tests.deletingLastPathComponent().appending(path: "SupervisorHarness")
    }

    /// Asks as `tally reload` and `tally upgrade` do; off the test's thread, since it waits.
    func begin(_ request: OperatorRequest) -> Task<OperatorAnswer, any Error> {
        asking(request, folder, until: .now() + Self.deadline)
    }

    func ask(_ request: OperatorRequest) async throws -> OperatorAnswer {
        try await begin(request).value
    }

    /// What is loaded at the next reload.
    func writeManifest(
        address: String? = nil,
        workers: Int = 2,
        hub: String = "serve",
        worker: String = "serve"
    ) throws {
        let address = address ?? status?.addresses.first ?? "127.0.0.1:0"
        try "\(address)\n\(workers)\n\(hub)\n\(worker)\n"
            .write(toFile: folder + ".manifest", atomically: true, encoding: .utf8)
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var pid: Int32 { process.processIdentifier }
    var log: String { (try? String(contentsOfFile: standardError, encoding: .utf8)) ?? "" }
    var output: String { (try? String(contentsOfFile: standardOutput, encoding: .utf8)) ?? "" }
    var status: StatusSnapshot? { try? StatusReader.read(folder: folder) }

    /// What children noted, in order.
    var events: [String] {
        ((try? String(contentsOfFile: folder + "/events", encoding: .utf8)) ?? "")
            .split(separator: "\n").map(String.init)
    }

    func process(_ role: ProcessRole, _ index: Int = 0) -> ProcessStatus? {
        status?.processes.first { $0.identity == ProcessIdentity(role, index) }
    }

    func signal(_ signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    /// Waits until all children serve, then names the first address.
    func serving() async throws -> SocketAddress {
        try await wait("all children to serve") {
            guard let status, status.isSupervisorAlive, !status.addresses.isEmpty else {
                return false
            }
            return status.processes.allSatisfy { $0.phase == .serving && $0.pid > 0 }
        }
        return try SocketAddress(parsing: try #require(status?.addresses.first))
    }

    func exitStatus() async throws -> Int32 {
        try await wait("the supervisor to end") { !process.isRunning }
        #expect(process.terminationReason == .exit)
        return process.terminationStatus
    }

    /// Waits until something has become true.
    func wait(_ what: String, until condition: () throws -> Bool) async throws {
        let end = MonotonicTime.now() + Self.deadline
        while try !condition() {
            guard MonotonicTime.now() < end else {
                Issue.record("waited in vain for \(what)\n\(log)\(output)")
                throw CancellationError()
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

private func asking(
    _ request: OperatorRequest,
    _ folder: String,
    until deadline: MonotonicTime
) -> Task<OperatorAnswer, any Error> {
    Task.detached { () throws -> OperatorAnswer in
        try OperatorLink.ask(request, folder: folder, until: deadline)
    }
}

/// Connects, and returns what the child that accepts says of itself: role, index, process id.
func greeting(from address: SocketAddress) async throws -> [String] {
    let connection = try Socket.connect(address)
    let end = MonotonicTime.now() + RunningSupervisor.deadline
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 256)
    while MonotonicTime.now() < end {
        let result = receive(connection, &buffer)
        switch result {
        case .transferred(let count): text += buffer[..<count]
        case .endOfStream:
            return String(decoding: text, as: UTF8.self)
                .split(whereSeparator: \.isWhitespace).map(String.init)
        case .failed(let error) where error.code != ENOTCONN: throw error
        case .wouldBlock, .failed: try await Task.sleep(for: .milliseconds(10))
        }
    }
    throw CancellationError()
}

private func receive(
    _ connection: borrowing Descriptor,
    _ buffer: inout [UInt8]
) -> TransferResult {
    Socket.receive(connection.raw, into: &buffer)
}

/// Whether a process exists and is not just waiting to be reaped.
func isAlive(_ pid: Int) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
        let state = status.split(separator: ")").last?.split(separator: " ").first
    else { return false }
    return state != "Z" && state != "X"
}
