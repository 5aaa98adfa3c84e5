// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Compiles Tests/PluginHostTests/Fixtures/scripted.c as a plugin, once for each set of flags.
package enum ScriptedPlugin {
    package struct CompilerFailed: Error {
        package let flags: [String]
    }

    private static let built = Mutex<[String: String]>([:])

    private static let folder = FileManager.default.temporaryDirectory
        .appending(path: "tally-plugin-fixtures-\(ProcessInfo.processInfo.processIdentifier)")

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A copy that nobody else loads: a library's variables are one for all who load the same file.
    ///
    /// `flags`: macros, such as `-DNAME="x"`.
    package static func path(_ flags: String...) throws -> String {
        let original = try build(flags)
        let copy = folder.appending(path: "\(UUID().uuidString).so").path()
        try FileManager.default.copyItem(atPath: original, toPath: copy)
        return copy
    }

    private static func build(_ flags: [String]) throws -> String {
        try built.withLock { built in
            let key = flags.joined(separator: " ")
            if let path = built[key] { return path }
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let path = folder.appending(path: "fixture-\(built.count).so").path()
            try compile(to: path, flags)
            built[key] = path
            return path
        }
    }

    private static func compile(to path: String, _ flags: [String]) throws {
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        // The toolchain's own: there need not be another.
        compiler.arguments =
            ["clang", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-pthread"]
            + ["-Wno-unused-function", "-Wno-unused-const-variable"] + flags
            + ["-I", root.appending(path: "Sources/CTallyPlugin/include").path()]
            + [root.appending(path: "Tests/PluginHostTests/Fixtures/scripted.c").path()]
            + ["-o", path, "-ljansson"]
        try compiler.run()
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else { throw CompilerFailed(flags: flags) }
    }

    /// A file of these bytes beside the libraries.
    package static func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let url = folder.appending(path: "\(UUID().uuidString)-\(name)")
        try Data(bytes).write(to: url)
        return url.path()
    }

    package static func text(of path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }
}
