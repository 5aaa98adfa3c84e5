// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import PluginTemplates

extension PluginProject.Language: ExpressibleByArgument {}

struct PluginNewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Write a new plugin, with a test and a manifest, that builds and loads at once.",
        discussion: """
            Makes a folder of the plugin's name in the current one:

              tally plugin new my-filter --language swift
              tally plugin new my-filter --language c

            A plugin in C needs a C compiler, make, pkg-config and libjansson-dev; one in Swift a Swift \
            toolchain in the place of the compiler and make. What it needs of Tally is written \
            beside it. docs/plugins.md goes on from there.
            """
    )

    @Argument(help: "Its name: lower-case letters, digits and hyphens.")
    var name: String

    @Option(help: "What it is written in: swift or c.")
    var language: PluginProject.Language

    @Option(
        help: ArgumentHelp(
            "Where a Swift plugin finds Tally, instead of beside it: a folder or a repository.",
            valueName: "path-or-url"
        )
    )
    var tally: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let files: [PluginProject.File]
        do throws(PluginNameError) {
            files = try PluginProject(name: name, language: language, tally: try source()).files
        } catch {
            throw CommandFailure(.usage, error.message)
        }
        let folder = URL(filePath: name, directoryHint: .isDirectory)
        try NewFolder(folder).write(files.map { ($0.path, $0.text) })
        guard output.json else { return Console.print(advice) }
        Console.print(
            #"{"plugin":"\#(name)","folder":"\#(name)","manifest":"\#(name)/\#(name).yaml"}"#
        )
    }

    private func source() throws(PluginNameError) -> PluginProject.TallySource {
        guard let tally else { return .enclosed }
        if tally.contains("://") { return .repository(tally) }
        return .folder(URL(filePath: tally).standardizedFileURL.path(percentEncoded: false))
    }

    func validate() throws {
        guard let tally else { return }
        guard language == .swift else {
            throw ValidationError("--tally is for plugins in Swift; one in C needs no sources.")
        }
        guard !tally.contains("://") else { return }
        let package = URL(filePath: tally).appending(path: "Package.swift")
        guard FileManager.default.fileExists(atPath: package.path(percentEncoded: false)) else {
            throw ValidationError("there is no Package.swift in \(tally): it is no Tally.")
        }
    }

    private var advice: String {
        let build =
            language == .c
            ? "make && make test" : "swift build -c release && swift test"
        return """
            wrote \(name)/

              cd \(name)
              \(build)
              tally plugin check \(name).yaml

            Then name it in tally.yaml:  plugins: [\(name)/\(name).yaml]
            """
    }
}
