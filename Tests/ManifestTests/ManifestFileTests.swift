// SPDX-License-Identifier: Apache-2.0

import Channels
import Foundation
import Manifest
import Testing

/// Keeps Manifests/tally.yaml, the operator's reference, equal to the code.
@Suite struct ManifestFileTests {
    private let path: String
    private let text: String

    init() throws {
        path = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Manifests/tally.yaml").path()
        text = try String(contentsOfFile: path, encoding: .utf8)
    }

    @Test func equalsTheDefaults() throws {
        let read = try ManifestReader.read(text, path: path)
        #expect(read.configuration == Configuration())
    }

    @Test func hasEveryKey() throws {
        let read = try ManifestReader.read(text, path: path)
        let expected = Configuration.settings.map(\.key) + [Configuration.channelRulesKey]
        #expect(Set(read.sources.keys) == Set(expected))
        for setting in ChannelRule.settings {
            #expect(text.contains(" \(setting.key):"), "no \(setting.key) under channels")
        }
    }

    @Test func documentsEveryKeyInCommentsAboveIt() {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let content = line.trimmingPrefix(/[ -]*/)
            guard let colon = content.firstIndex(of: ":"), !content.hasPrefix("#") else { continue }
            let opensGroup = content.index(after: colon) == content.endIndex && !line.hasPrefix(" ")
            let key = content[..<colon]
            guard !opensGroup, key.allSatisfy({ $0.isLowercase || $0 == "_" }) else { continue }
            let above = lines[..<index].last ?? ""
            #expect(above.contains("#"), "line \(index + 1): \(key) has no comment")
        }
    }

    @Test func namesTheBoundsOfEveryRange() {
        for setting in Configuration.settings {
            guard let range = setting.expected.firstMatch(of: /from (\w+) to (\w+)$/) else {
                continue
            }
            let (low, high) = (String(range.output.1), String(range.output.2))
            #expect(
                text.contains("\(low) to \(high)"),
                "\(setting.key): no \"\(low) to \(high)\""
            )
        }
    }
}
