// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Hooks
import JSON
import Manifest

struct PluginCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Try a plugin as its manifest describes it, and say what is wrong.",
        discussion: """
              tally plugin check Manifests/plugins/example-c.yaml

            Loads it in a process of its own, as a worker would: file, architecture, symbols, ABI, the \
            settings by its schema, an instance, and its self-test if it has one. Nothing that runs is \
            touched. Exit status 78 when something is wrong, with the manifest's line. `tally serve` and \
            reloads do the same, but for the self-test, with all plugins of the manifest.
            """
    )

    @Argument(
        help: ArgumentHelp("The plugin's manifest.", valueName: "manifest"),
        completion: .file(extensions: ["yaml"])
    )
    var manifest: String

    @Option(help: ArgumentHelp("How long it may take, self-test included.", valueName: "duration"))
    var timeout = DurationArgument(.seconds(30))

    @OptionGroup var output: OutputOptions

    func run() throws {
        let plugin = try read()
        var check = PluginCheck([plugin])
        try check.run(selfTest: true, within: timeout.duration, logLevel: .info)
        if output.json {
            Console.print(json(plugin, check))
        } else if let loaded = check.loaded[plugin.settings.name] {
            for line in lines(plugin.settings, loaded) { Console.print(line) }
        }
        guard check.problems.isEmpty else {
            throw CommandFailure(
                .configuration,
                "the plugin cannot be used",
                details: check.problems.map(\.description)
            )
        }
        if !output.json { Console.print("It is well.") }
    }

    private func read() throws(CommandFailure) -> PluginManifest {
        let text: ConfigurationLoader.Manifest
        do throws(CommandFailure) {
            text = try ManifestFile.read(manifest)
        } catch {
            // Without its advice, which is on tally.yaml.
            throw CommandFailure(.configuration, error.message)
        }
        do throws(ConfigurationError) {
            var plugin = try ManifestReader.readPlugin(text.text, path: text.path)
            plugin.settings.library = PluginFiles.library(of: plugin.settings)
            return plugin
        } catch {
            throw CommandFailure(
                .configuration,
                "the plugin's manifest is wrong",
                details: error.problems.map(\.description)
            )
        }
    }

    private func lines(_ settings: PluginSettings, _ loaded: PluginCheck.Loaded) -> [String] {
        let hooks = loaded.hooks.sorted { $0.rawValue < $1.rawValue }.map(\.name)
        var lines = [
            "\(settings.name) \(loaded.version): \(loaded.summary)",
            "  library    \(settings.library)",
            "  hooks      \(hooks.isEmpty ? "none" : hooks.joined(separator: ", "))",
            "  settings   \(String(decoding: settings.settings, as: UTF8.self))",
            "  self-test  \(loaded.hasSelfTest ? "called" : "has none")",
        ]
        if !settings.memory.isEmpty { lines.append("  memory     \(settings.memory)") }
        return lines.map(Console.harmless)
    }

    private func json(_ plugin: PluginManifest, _ check: PluginCheck) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("name", string: plugin.settings.name)
        writer.member("ok", bool: check.problems.isEmpty)
        writer.member("library", string: plugin.settings.library)
        if let loaded = check.loaded[plugin.settings.name] {
            writer.member("version", string: loaded.version)
            writer.member("summary", string: loaded.summary)
            writer.key("hooks")
            writer.beginArray()
            for hook in Hook.allCases where loaded.hooks.contains(hook) { writer.string(hook.name) }
            writer.endArray()
        }
        writer.key("problems")
        writer.beginArray()
        for problem in check.problems { writer.string(problem.description) }
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
