// SPDX-License-Identifier: Apache-2.0

import Foundation
import Manifest
import Testing

/// Manifests/plugins/example-c.yaml is where operators learn the keys of a plugin's manifest.
@Suite struct PluginManifestFileTests {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Manifests/plugins")

    private func text(of name: String) throws -> String {
        try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    }

    @Test func showsEveryKeyAtItsDefault() throws {
        let text = try text(of: "example-c.yaml")
        let defaults = PluginSettings()
        for setting in PluginSettings.settings {
            let parts = setting.key.split(separator: ".")
            if parts.count == 2, parts[0] != "quarantine" {
                #expect(text.contains("\n\(parts[0]):\n"), "\(setting.key)")
                continue
            }
            let line = parts.count == 2 ? "  \(parts[1]): " : "\(setting.key): "
            #expect(text.contains("\n\(line)"), "\(setting.key) is not there")
        }
        let read = try ManifestReader.readPlugin(text, path: "example-c.yaml").settings
        #expect(read.abi == defaults.abi && read.order == defaults.order && read.hooks == nil)
        #expect(read.onTimeout == defaults.onTimeout)
        #expect(read.whenQuarantined == defaults.whenQuarantined)
        #expect(read.quarantineDeaths == defaults.quarantineDeaths)
        #expect(read.quarantineWindow == defaults.quarantineWindow)
        #expect(read.stopTimeout == defaults.stopTimeout && read.slowCall == defaults.slowCall)
    }

    /// What cannot be read would be refused at the first start of who copied it.
    @Test func readsWhateverComesWithTally() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path())
            .filter { $0.hasSuffix(".yaml") }
        #expect(names.count >= 2)
        for name in names {
            let settings = try ManifestReader.readPlugin(text(of: name), path: name).settings
            #expect("\(settings.name).yaml" == name)
        }
    }
}
