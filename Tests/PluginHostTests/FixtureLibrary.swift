// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

/// Compiles Fixtures/scripted.c as a plugin, once for each set of flags.
enum FixtureLibrary {
    private static let built = Mutex<[String: String]>([:])

    private static let folder = FileManager.default.temporaryDirectory
        .appending(path: "tally-plugin-fixtures-\(ProcessInfo.processInfo.processIdentifier)")

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// - Parameter flags: macros, such as `-DNAME="x"`.
    /// - Returns: the path of a copy that nobody else loads: a library's variables are one for all who
    ///   load the same file.
    static func path(_ flags: String..., source: String = "scripted.c") throws -> String {
        let original = try build(flags, source)
        let copy = folder.appending(path: "\(UUID().uuidString).so").path()
        try FileManager.default.copyItem(atPath: original, toPath: copy)
        return copy
    }

    private static func build(_ flags: [String], _ source: String) throws -> String {
        try built.withLock { built in
            let key = ([source] + flags).joined(separator: " ")
            if let path = built[key] { return path }
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true
            )
            let path = folder.appending(path: "fixture-\(built.count).so").path()
            try compile(
                root.appending(path: "Tests/PluginHostTests/Fixtures/\(source)").path(),
                to: path,
                flags
            )
            built[key] = path
            return path
        }
    }

    private static func compile(_ source: String, to path: String, _ flags: [String]) throws {
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        compiler.arguments =
            ["clang", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-pthread"]
            + ["-Wno-unused-function", "-Wno-unused-const-variable"] + flags
            + ["-I", root.appending(path: "Sources/CTallyPlugin/include").path()]
            + [source, "-o", path, "-ljansson"]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0, "clang \(flags) failed")
    }

    /// A file of these bytes beside the libraries.
    static func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let url = folder.appending(path: "\(UUID().uuidString)-\(name)")
        try Data(bytes).write(to: url)
        return url.path()
    }

    static func text(of path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }
}
