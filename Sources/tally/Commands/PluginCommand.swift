// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct PluginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin",
        abstract: "Write and try plugins, see what they do, and end a quarantine.",
        discussion: """
              tally plugin new my-filter --language swift
              tally plugin check my-filter/my-filter.yaml
              tally plugin list
              tally plugin release word-filter

            A plugin that kills workers is put into quarantine: workers are started without it, and what \
            its manifest says under when_quarantined answers in its place.
            """,
        subcommands: [
            PluginNewCommand.self, PluginCheckCommand.self, PluginListCommand.self,
            PluginReleaseCommand.self,
        ]
    )
}
