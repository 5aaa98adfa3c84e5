// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import Reactor
import StatusPage
import Testing

/// A server with the plugin Fixtures/probe.c, and what that was told.
final class PluginServer {
    let folder: String
    private(set) var server: TallyServer
    /// A server takes its folder with it when it goes.
    private var former: [TallyServer] = []

    private static let manifest = """
        plugins: [probe.yaml]
        channels:
          - match: "news:*"
            subscribe: everyone
            publish: everyone
          - match: "kept:*"
            history_size: 5
            history_lifetime: 1h
            recovery: on_request
            subscribe: everyone
          - match: "private:*"
            subscribe: nobody
            subscription_token: true

        """

    private static let plugin = """
        name: probe
        library: probe.so
        on_timeout: reject
        deadlines:
          comment: 20s
          connect: 20s
          subscribe: 20s
        settings:
          log: told
        """

    /// `manifest`: sections beside those for the plugin and its channels.
    init(workers: Int = 1, manifest: String = "", listen: [String] = ["127.0.0.1:0"]) throws {
        folder = NSTemporaryDirectory() + "tally-plugin-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let settings = Self.plugin.replacing("log: told", with: "log: \(folder)/told")
        try settings.write(toFile: folder + "/probe.yaml", atomically: true, encoding: .utf8)
        try Self.compile(to: folder + "/probe.so")
        server = try TallyServer(
            workers: workers,
            manifest: Self.manifest + manifest,
            folder: folder,
            listen: listen
        )
    }

    /// Ends the server in order and starts it again in its folder.
    func restart(workers: Int = 1) throws {
        #expect(server.end(by: SIGTERM) == 0)
        former.append(server)
        server = try TallyServer(workers: workers, manifest: Self.manifest, folder: folder)
    }

    /// What the plugin's notifications left behind: `<hook> <worker> <stream or user> <detail> <address>`.
    func told() -> [[String]] {
        let text = (try? String(contentsOfFile: folder + "/told", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map { line in
            line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// Waits until the plugin was told something.
    @discardableResult
    func wait(
        for what: String,
        until condition: ([[String]]) -> Bool
    ) throws -> [[String]] {
        let deadline = MonotonicTime.now() + Viewer.patience
        while MonotonicTime.now() < deadline {
            let told = told()
            if condition(told) { return told }
            // A pause between two looks at a file that others write.
            usleep(10_000)
        }
        throw TallyServer.Failure("timed out waiting for \(what): \(told())")
    }

    /// The status and the body of one HTTP request.
    func request(_ text: String) throws -> (status: Int, body: String) {
        let port = try #require(try server.status().addresses.first)
        let socket = try Socket.connect(try SocketAddress(parsing: port))
        let bytes = Array(text.utf8)
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var sent = 0
        let deadline = MonotonicTime.now() + Viewer.patience
        while MonotonicTime.now() < deadline {
            if sent < bytes.count,
                case .transferred(let count) = Socket.send(socket.raw, bytes, from: sent)
            {
                sent += count
            }
            switch Socket.receive(socket.raw, into: &buffer) {
            case .transferred(let count): answer += buffer[..<count]
            case .wouldBlock: usleep(1_000)
            case .endOfStream, .failed:
                let lines = String(decoding: answer, as: UTF8.self).split(
                    separator: "\r\n\r\n",
                    maxSplits: 1
                )
                let status = Int(lines.first?.split(separator: " ").dropFirst().first ?? "") ?? 0
                return (status, lines.count > 1 ? String(lines[1]) : "")
            }
        }
        throw TallyServer.Failure("no answer to \(text)")
    }

    private static func compile(to path: String) throws {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        compiler.arguments = [
            "clang", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared",
            "-I", root.appending(path: "Sources/CTallyPlugin/include").path(),
            root.appending(path: "Tests/EndToEndTests/Fixtures/probe.c").path(),
            "-o", path, "-ljansson",
        ]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
    }
}
