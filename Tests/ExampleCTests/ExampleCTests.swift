// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The example and the header for tests, as an author builds them: with a C compiler, outside SwiftPM.
@Suite struct ExampleCTests {
    @Test func passesItsTestsInC() throws {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let program = FileManager.default.temporaryDirectory.appending(
            path: "example-c-test-\(UUID().uuidString)"
        )
        defer { try? FileManager.default.removeItem(at: program) }
        let build = """
            set -e
            cc -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror -g \
              -I Sources/CTallyPlugin/include -I Sources/CTallyPluginTesting/include \
              $(pkg-config --cflags jansson) Plugins/ExampleC/example_c.c \
              Tests/ExampleCTests/example_c_test.c $(pkg-config --libs jansson) -pthread -o "$1"
            exec "$1"
            """
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", build, "sh", program.path()]
        process.currentDirectoryURL = root
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(String(decoding: text, as: UTF8.self))")
    }
}
