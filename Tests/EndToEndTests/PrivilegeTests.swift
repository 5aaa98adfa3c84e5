// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import StatusPage
import Testing

/// Only the superuser can become somebody else, who must be able to run the binary then.
private var canGiveUpPrivileges: Bool {
    guard Account.isSuperuser else { return false }
    var folder = TallyServer.binary
    repeat {
        folder.deleteLastPathComponent()
        let attributes = try? FileManager.default.attributesOfItem(atPath: folder.path)
        guard let mode = attributes?[.posixPermissions] as? Int, mode & 0o001 != 0 else {
            return false
        }
    } while folder.path != "/"
    return true
}

/// Who Tally's processes are when the superuser starts it.
@Suite(.serialized, .enabled(if: canGiveUpPrivileges))
struct PrivilegeTests {
    private static let user = "nobody"

    @Test func everyProcessIsTheUsersAndStaysSo() throws {
        let account = try Account(user: Self.user, group: "")
        let folder = NSTemporaryDirectory() + "tally-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        try account.own(folder)
        let server = try TallyServer(
            workers: 2,
            manifest: "user: \(Self.user)\n",
            folder: folder
        )
        try expectPrivileges(of: account, in: server)

        // A replacement is started by whoever the supervisor is now.
        let worker = try server.pid(of: .worker)
        kill(worker, SIGKILL)
        try server.wait(for: "the replacement") { status in
            status.processes.allSatisfy { $0.phase == .serving && $0.pid != Int(worker) }
        }
        try expectPrivileges(of: account, in: server)
        let reload = try server.run(["reload", "--data", server.folder])
        #expect(reload.status == 0, "\(reload.errors)")
        try expectPrivileges(of: account, in: server)
    }

    /// A folder in which the server makes its own, open to all who look.
    private func openFolder() throws -> String {
        let parent = NSTemporaryDirectory() + "tally-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(
            atPath: parent,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755]
        )
        return parent
    }

    /// Its secret, its journal, its pages and its listener are nobody else's, whoever may look for them.
    @Test(arguments: [true, false])
    func whatItMakesIsItsUsersAlone(asSuperuser: Bool) throws {
        let account = try Account(user: Self.user, group: "")
        let parent = try openFolder()
        defer { try? FileManager.default.removeItem(atPath: parent) }
        if !asSuperuser { try account.own(parent) }
        let folder = parent + "/data"
        let process = try start(
            ["serve", "--listen", "unix:\(parent)/listener", "--workers", "1", "--data", folder],
            as: asSuperuser ? nil : account,
            user: asSuperuser ? Self.user : nil
        )
        defer { end(process) }
        try waitUntilServing(folder, process)
        #expect(try owner(folder) == [Int(account.user), 0o700])
        let files = try #require(FileManager.default.enumerator(atPath: folder))
        for case let name as String in files {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            let mode = try #require(attributes[.posixPermissions] as? Int)
            #expect(mode & 0o077 == 0, "\(name) has mode \(String(mode, radix: 8))")
            #expect(attributes[.ownerAccountID] as? Int == Int(account.user), "\(name)")
        }
        #expect(try owner(parent + "/listener") == [Int(account.user), 0o600])
    }

    @Test func nobodyButTheSuperuserBecomesAnother() throws {
        let account = try Account(user: Self.user, group: "")
        let parent = try openFolder()
        defer { try? FileManager.default.removeItem(atPath: parent) }
        try account.own(parent)
        let errors = Pipe()
        let process = try start(
            ["serve", "--listen", "127.0.0.1:0", "--data", parent + "/data"],
            as: account,
            user: "daemon",
            errors
        )
        defer { end(process) }
        let text = String(
            decoding: errors.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        process.waitUntilExit()
        #expect(process.terminationStatus != 0)
        #expect(text.contains("daemon"), "\(text)")
    }

    /// Starts the binary, by setpriv(1) as somebody who is not the superuser.
    private func start(
        _ arguments: [String],
        as account: Account?,
        user: String?,
        _ errors: Pipe? = nil
    ) throws -> Process {
        let process = Process()
        process.executableURL = TallyServer.binary
        process.arguments = arguments
        if let account {
            process.executableURL = URL(filePath: "/usr/bin/setpriv")
            process.arguments =
                ["--reuid=\(account.user)", "--regid=\(account.group)", "--clear-groups"]
                + [TallyServer.binary.path()] + arguments
        }
        process.environment = ["PATH": "/usr/bin:/bin"]
        if let user { process.environment?["TALLY_USER"] = user }
        process.standardError = errors ?? FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        return process
    }

    private func end(_ process: Process) {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    private func waitUntilServing(_ folder: String, _ process: Process) throws {
        let deadline = MonotonicTime.now() + Viewer.patience
        while MonotonicTime.now() < deadline, process.isRunning {
            if let status = try? StatusReader.read(folder: folder), status.processes.count == 3,
                status.processes.allSatisfy({ $0.phase == .serving })
            {
                return
            }
            // A pause between two looks at another process, which cannot tell us.
            usleep(10_000)
        }
        throw TallyServer.Failure("the server does not serve")
    }

    /// Whose a file is, and its mode.
    private func owner(_ path: String) throws -> [Int] {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return [
            try #require(attributes[.ownerAccountID] as? Int),
            try #require(attributes[.posixPermissions] as? Int),
        ]
    }

    @Test func anUnknownUserStartsNothing() throws {
        let folder = NSTemporaryDirectory() + "tally-" + UUID().uuidString.prefix(8)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let process = Process()
        let errors = Pipe()
        process.executableURL = TallyServer.binary
        process.arguments = ["serve", "--listen", "127.0.0.1:0", "--data", folder]
        process.environment = ["TALLY_USER": "no-such-user", "PATH": "/usr/bin:/bin"]
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let text = String(
            decoding: errors.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        process.waitUntilExit()
        #expect(process.terminationStatus != 0)
        #expect(text.contains("no-such-user"), "\(text)")
    }

    /// By the kernel's own account of each process (proc(5)).
    private func expectPrivileges(of account: Account, in server: TallyServer) throws {
        for process in try server.status().processes {
            let text = try String(contentsOfFile: "/proc/\(process.pid)/status", encoding: .utf8)
            func field(_ name: String) -> [String] {
                let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
                return line.map {
                    $0.split(whereSeparator: \.isWhitespace).dropFirst().map(String.init)
                }
                    ?? []
            }
            let name = "\(process.identity)"
            #expect(field("Uid") == Array(repeating: "\(account.user)", count: 4), "\(name)")
            #expect(field("Gid") == Array(repeating: "\(account.group)", count: 4), "\(name)")
            #expect(!field("Groups").contains("0"), "\(name)")
            #expect(field("CapPrm").allSatisfy { $0.allSatisfy { $0 == "0" } }, "\(name)")
            #expect(field("NoNewPrivs") == ["1"], "\(name)")
        }
    }
}
