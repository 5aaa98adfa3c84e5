// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import StatusPage

/// The real binary, on a folder of its own, and what is done to it.
final class Server {
    static let workerCount = 3
    /// The supervisor, the hub, its checkpointer and the workers.
    static let processCount = workerCount + 3

    let folder: String
    let dataFolder: String
    let secret = Array("an hour of chaos, a minute of it at a time".utf8)
    let disk: DataDisk?
    private let loop: EventLoop
    /// What is installed, and the path by which it is started, where other files come and go.
    private let binary: String
    private var program: String { folder + "/tally" }
    /// How often the manifest was changed.
    private var manifestNumber = 0
    private let preload: String?
    private var address = "127.0.0.1:0"
    private(set) var supervisor: Int32 = 0

    var log: String { folder + "/tally.log" }
    private var manifest: String { folder + "/tally.yaml" }
    /// In the environment of all its processes, and of no others.
    private var mark: String { "CHAOS_RUN=" + folder }

    /// `preload`: a library for the server's dynamic linker, to make it misbehave.
    init(loop: EventLoop, binary: String, preload: String?, diskMegabytes: Int) throws {
        self.loop = loop
        self.binary = binary
        self.preload = preload
        folder = NSTemporaryDirectory() + "tally-chaos-" + UUID().uuidString.prefix(8)
        dataFolder = folder + "/data"
        try Folder.make(at: folder)
        try Folder.make(at: dataFolder)
        disk = DataDisk(at: dataFolder, megabytes: diskMegabytes)
        try File.write(try File.open(folder + "/secret", for: .replacing), secret)
        try replaceProgram()
        try writeManifest()
    }

    // MARK: What is loaded again

    /// Puts a copy of the program in its place, as an installation does: a new file under the name.
    func replaceProgram() throws {
        try install { draft in
            try FileManager.default.copyItem(atPath: binary, toPath: draft)
        }
    }

    /// Puts something in the program's place that can be executed and is none.
    func spoilProgram() throws {
        try install { draft in
            try Data("#!/bin/sh\nexit 3\n".utf8).write(to: URL(filePath: draft))
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: draft)
        }
    }

    /// Values that a reload can change while everybody is connected; the hub's, too.
    func changeManifest() throws {
        manifestNumber += 1
        try writeManifest()
    }

    func spoilManifest() throws {
        try write("workers: many\n", to: manifest)
    }

    func writeManifest() throws {
        try write(
            Self.manifest(secret: folder + "/secret", number: manifestNumber),
            to: manifest
        )
    }

    private func install(_ make: (_ draft: String) throws -> Void) throws {
        let draft = program + ".new"
        try File.remove(draft)
        try make(draft)
        try File.rename(draft, to: program)
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    }

    /// Limits that would only hide what is looked for are out of the way; times are short, so that
    /// much happens in a minute.
    private static func manifest(secret: String, number: Int) -> String {
        """
        # \(number)
        # So that whoever is not root may count its descriptors.
        core_dumps: true
        tokens:
          secret_file: "\(secret)"
        anonymous:
          allow: [sub]
        client:
          commands_per_second: 1000
          publishes_per_second: 1000
          controls_per_second: 1000
          queries_per_second: 1000
          subscribes_per_second: 1000
          queries_per_second_per_user: 1000
        comments:
          rate: 1000
          maximum_length: \(number % 2 == 0 ? 500 : 400)
        delivery:
          comments_per_second: 0
        live:
          grace_period: \(number % 3 == 2 ? 4 : 3)s
          history_size: 1000000
        hub:
          maximum_history_size: 256MiB
          query_bytes_per_second: 1GiB
        supervisor:
          heartbeat_timeout: 3s
          minimum_back_off: 50ms
          maximum_back_off: 400ms
          stable_after: 1s
          drain_timeout: 5s
        channels:
          - match: "log:*"
            history_size: 1000000
            history_lifetime: 1d
            recovery: forced
            publish: everyone
            read_history: everyone
          - match: "plain:*"
            publish: everyone

        """
    }

    // MARK: Its life

    /// Starts it; from the second time on the port that the first time chose.
    func start() throws {
        let environment = [mark] + (preload.map { ["LD_PRELOAD=" + $0] } ?? [])
        supervisor = try ChildProcess.spawn(
            "/bin/sh",
            arguments: [
                "sh", "-c", #"log=$1; shift; exec "$@" >>"$log" 2>&1"#, "sh", log,
                "/usr/bin/env",
            ] + environment + [
                program, "serve", "--config", manifest, "--listen", address,
                "--workers", "\(Self.workerCount)", "--data", dataFolder,
            ],
            inheriting: []
        )
    }

    /// Kills the supervisor, which is a child of this process and not reaped yet: the status page of
    /// one that has only just started may still tell of its predecessor.
    func killSupervisor() {
        ChildProcess.signal(supervisor, SIGKILL)
    }

    /// After the supervisor was killed: its children end by themselves, which is waited for.
    func startAgain() throws {
        let deadline = MonotonicTime.now() + .seconds(5)
        while end() == nil || !processes().isEmpty {
            guard MonotonicTime.now() < deadline else {
                throw Failure("processes outlived their supervisor: \(processes())")
            }
            usleep(5_000)
        }
        try start()
    }

    func rememberAddress() throws {
        guard let chosen = try status().addresses.first else { throw Failure("no address") }
        address = chosen
    }

    var url: String { "ws://" + address }

    /// Asks it to end.
    func terminate() {
        ChildProcess.signal(supervisor, SIGTERM)
    }

    /// How it ended; nil while it runs.
    func end() -> ExitStatus? { ChildProcess.reap(supervisor) }

    /// Ends what is left of it.
    ///
    /// Its folder is removed, or kept with a copy of the data folder, whose disk goes in any case.
    func cleanUp(isKept: Bool) {
        for pid in processes() { kill(pid, SIGKILL) }
        while !processes().isEmpty {
            _ = end()
            usleep(5_000)
        }
        if isKept, disk != nil {
            _ = try? ProcessTable.run(["/bin/cp", "-a", dataFolder, folder + "/data-at-the-end"])
        }
        disk?.unmount()
        if !isKept { try? FileManager.default.removeItem(atPath: folder) }
    }

    // MARK: Its processes

    func status() throws -> StatusSnapshot { try StatusReader.read(folder: dataFolder) }

    var isServing: Bool {
        guard let status = try? status(), status.isSupervisorAlive else { return false }
        let alive = Set(processes())
        let now = MonotonicTime.now()
        // Not more, either: what is being replaced has to end.
        return alive.count == Self.processCount
            && status.processes.count == Self.workerCount + 2
            && status.processes.allSatisfy { process in
                // A stopped process still says that it serves, but its heart does not beat.
                guard let beat = process.lastBeat, now - beat < .seconds(1) else { return false }
                return process.phase == .serving && alive.contains(Int32(process.pid))
            }
    }

    /// Of clients; nil when nobody knows.
    var connectionCount: Int? {
        (try? status())?.processes.filter { $0.identity.role == .worker }
            .reduce(0) { $0 + $1.connections }
    }

    /// All processes that were started by this one, and by what it started.
    func processes() -> [Int32] { ProcessTable.processes(withEnvironment: mark) }

    func pid(of role: ProcessRole, _ index: Int = 0) -> Int32? {
        guard let status = try? status(),
            let process = status.processes.first(where: {
                $0.identity == ProcessIdentity(role, index)
            }), process.pid > 0
        else { return nil }
        return Int32(process.pid)
    }

    /// Sends a signal to the hub's child, if there is one: the status page does not know it.
    func signalCheckpointer(_ signal: Int32) {
        guard let hub = pid(of: .hub), processes().contains(hub) else { return }
        for child in ProcessTable.children(of: hub) { kill(child, signal) }
    }

    /// Sends a signal to one of its processes, if that one is alive.
    func signal(_ signal: Int32, _ role: ProcessRole, _ index: Int = 0) {
        // The status page may be a moment behind: only a process that is surely this server's.
        guard let pid = pid(of: role, index), processes().contains(pid) else { return }
        kill(pid, signal)
    }

    /// Makes a process hang; the supervisor's kill ends it, nobody wakes it.
    ///
    /// Only one that serves: for one that is starting the supervisor has the patience that a large
    /// journal needs, half a minute.
    func stop(_ role: ProcessRole, _ index: Int = 0) {
        guard
            let process = try? status().processes.first(where: {
                $0.identity == ProcessIdentity(role, index)
            }), process.phase == .serving
        else { return }
        signal(SIGSTOP, role, index)
    }

    /// Open descriptors of each role's processes; the most that any worker has.
    func descriptorCounts() -> [String: Int] {
        var counts: [String: Int] = [:]
        for process in (try? status())?.processes ?? [] {
            guard let count = ProcessTable.descriptorCount(of: Int32(process.pid)) else { continue }
            let role = "\(process.identity.role)"
            counts[role] = max(counts[role] ?? 0, count)
        }
        return counts
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) {
            self.description = description
        }
    }
}
