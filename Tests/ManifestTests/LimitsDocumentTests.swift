// SPDX-License-Identifier: Apache-2.0

import Foundation
import Manifest
import StatusPage
import Testing

/// Holds the table of docs/limits.md against the manifest's defaults, the counters and the tests.
@Suite struct LimitsDocumentTests {
    private struct Row {
        let key: String
        let defaultText: String
        let counter: String
        let tests: [String]
    }

    private let root: URL
    private let rows: [Row]

    init() throws {
        root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/limits.md"), encoding: .utf8)
        rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst().map { line in
            let cells = line.split(separator: "|").map {
                $0.trimmingCharacters(in: .whitespaces).replacing("`", with: "")
            }
            return Row(
                key: cells[1],
                defaultText: cells[2],
                counter: cells[4],
                tests: cells[5].split(separator: ", ").map(String.init)
            )
        }
    }

    @Test func defaultsAreTheManifests() throws {
        let defaults = Configuration()
        #expect(rows.count > 30)
        for row in rows {
            let setting = Configuration.settings.first { $0.key == row.key }
            let values = try #require(setting, "no key \(row.key)").read(defaults)
            // As the reader would take it from a file.
            let section = row.key.split(separator: ".")
            let manifest = "\(section[0]):\n  \(section[1]): \(row.defaultText)\n"
            let read = try ManifestReader.read(manifest, path: "limits")
            #expect(setting?.read(read.configuration) == values, "\(row.key)")
        }
    }

    @Test func countersExist() {
        let names = Set(Counter.allCases.map(\.name))
        for row in rows { #expect(names.contains(row.counter), "\(row.key): \(row.counter)") }
    }

    @Test func testsExist() throws {
        var known: Set<String> = []
        let tests = root.appending(path: "Tests")
        for path in FileManager.default.enumerator(atPath: tests.path()) ?? .init() {
            guard let name = path as? String, name.hasSuffix(".swift") || name.hasSuffix(".py")
            else { continue }
            let text = try String(contentsOf: tests.appending(path: name), encoding: .utf8)
            known.formUnion(
                text.matches(of: /(?:func|def) (\w+)\(/).map { String($0.output.1) }
            )
        }
        for row in rows {
            #expect(!row.tests.isEmpty)
            for test in row.tests { #expect(known.contains(test), "\(row.key): \(test)") }
        }
    }
}
