// SPDX-License-Identifier: Apache-2.0

import CPluginTemplates
import Foundation
import PluginTemplates
import Testing

@Suite struct PluginProjectTests {
    @Test func fillsInEverything() throws {
        for language in PluginProject.Language.allCases {
            let project = try PluginProject(name: "my-filter2", language: language)
            for file in project.files where !file.path.hasPrefix("Tally/") {
                #expect(!file.text.contains("{{"), "\(file.path)")
                #expect(!file.text.isEmpty && file.text.hasSuffix("\n"), "\(file.path)")
            }
            #expect(Set(project.files.map(\.path)).count == project.files.count)
            #expect(project.files.contains { $0.path == "my-filter2.yaml" })
        }
    }

    @Test func namesTheTypeAfterThePlugin() throws {
        let project = try PluginProject(name: "my-filter2", language: .swift)
        let path = "Sources/MyFilter2Plugin/MyFilter2Plugin.swift"
        let file = try #require(project.files.first { $0.path == path })
        #expect(file.text.contains("final class MyFilter2Plugin: Plugin"))
        #expect(file.text.contains(#"name: "my-filter2""#))
    }

    @Test func dependsOnWhatItIsTold() throws {
        func package(_ tally: PluginProject.TallySource) throws -> String {
            let project = try PluginProject(name: "x", language: .swift, tally: tally)
            let isEnclosed = project.files.contains { $0.path.hasPrefix("Tally/") }
            #expect(isEnclosed == (tally == .enclosed))
            return try #require(project.files.first { $0.path == "Package.swift" }).text
        }
        #expect(try package(.enclosed).contains(#".package(name: "tally", path: "Tally")"#))
        #expect(
            try package(.folder(#"/a "b\"#)).contains(#".package(name: "tally", path: "/a \"b\\")"#)
        )
        #expect(
            try package(.repository("https://example.org/tally"))
                .contains(#".package(url: "https://example.org/tally", branch: "main")"#)
        )
    }

    @Test(arguments: ["a", "word-filter", "x2", String(repeating: "a", count: 32)])
    func takesGoodNames(name: String) throws {
        _ = try PluginProject(name: name, language: .c)
    }

    @Test(arguments: [
        ("", PluginNameError.empty), ("Word", .badCharacter("W")), ("a_b", .badCharacter("_")),
        ("../a", .badCharacter(".")), ("2x", .badStart), ("-a", .badStart),
        ("ä", .badCharacter("ä")),
        (String(repeating: "a", count: 33), .tooLong), ("tally", .taken),
    ])
    func refusesBadNames(name: String, error: PluginNameError) {
        #expect(throws: error) { try PluginProject(name: name, language: .c) }
    }

    /// A source file that is not in the table would be missing from every new plugin.
    @Test func embedsEveryFile() throws {
        let sources = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources")
        var embedded: Set<String> = []
        var index = 0
        while let template = unsafe tally_template_at(index)?.pointee {
            unsafe embedded.insert(String(cString: template.path))
            index += 1
        }
        let modules = ["CJansson", "CTallyPlugin", "TallyPlugin", "TallyPluginTesting"]
        var expected = Set(modules.flatMap { files(in: sources, $0).map { "\($0)" } })
        expected.insert("CTallyPluginTesting/include/tally_plugin_test.h")
        expected.insert("exports.map")
        expected.formUnion(files(in: sources.appending(path: "CPluginTemplates/Templates"), ""))
        #expect(embedded.subtracting(expected).isEmpty)
        #expect(expected.subtracting(embedded).isEmpty, "CPluginTemplates.c must name them")
    }

    private func files(in folder: URL, _ path: String) -> [String] {
        let root = path.isEmpty ? folder : folder.appending(path: path)
        let names = FileManager.default.enumerator(atPath: root.path())?.compactMap {
            $0 as? String
        }
        return (names ?? []).filter { name in
            var isFolder: ObjCBool = false
            let file = root.appending(path: name).path()
            _ = unsafe FileManager.default.fileExists(atPath: file, isDirectory: &isFolder)
            return !isFolder.boolValue
        }.map { path.isEmpty ? $0 : "\(path)/\($0)" }
    }
}
