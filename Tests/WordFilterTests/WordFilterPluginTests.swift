// SPDX-License-Identifier: Apache-2.0

import Foundation
import TallyPlugin
import TallyPluginTesting
import Testing

@testable import WordFilter

/// The plugin as Tally calls it, with lists in files.
@Suite final class WordFilterPluginTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "words-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try write("awful\n/a{5,}rgh/\n", to: "reject")
        try write("bad*\nvery rude\n", to: "mask")
        try write("dubious\n", to: "hold")
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    private func settings(_ more: [String: JSON] = [:]) -> JSON {
        let lists: [JSON] = ["reject", "mask", "hold"].map { name in
            ["file": .string(folder.appending(path: name).path()), "action": .string(name)]
        }
        return .object(more.merging(["lists": .array(lists)]) { old, _ in old })
    }

    private let moderator = TestCaller(user: "mia", permissions: [.subscribe, .moderate])

    @Test func decides() async throws {
        let host = try await TestHost(WordFilterPlugin.self, settings: settings())
        #expect(await host.selfTest() == nil)
        #expect(await host.comment("all is well") == .allowed)
        #expect(await host.comment("ＡＷＦＵＬ!").isRejected(1_000))
        #expect(await host.comment("AAAAAARGH").isRejected(1_000))
        #expect(await host.comment("so Bádly done") == .replaced(["text": "so ***** done"]))
        #expect(await host.comment("v3ry rude, bad") == .replaced(["text": "**** ****, ***"]))
        #expect(await host.comment("badly awful").isRejected(1_000))
        #expect(await host.comment("a dubious bad thing").isRejected(1_001))
        #expect(await host.record.counters == ["rejected": 3, "masked": 2, "held": 1])
        await host.stop()
    }

    @Test func letsModeratorsSayAnything() async throws {
        let host = try await TestHost(WordFilterPlugin.self, settings: settings())
        #expect(await host.call(.comment, ["text": "awful"], from: moderator) == .allowed)
        let strict = settings(["exempt_moderators": false])
        let other = try await TestHost(WordFilterPlugin.self, settings: strict)
        #expect(await other.call(.comment, ["text": "awful"], from: moderator).isRejected(1_000))
    }

    @Test func holdsForAModerator() async throws {
        let host = try await TestHost(WordFilterPlugin.self, settings: settings())
        _ = await host.comment("dubious one")
        _ = await host.comment("dubious two")
        #expect(await host.rpc("held").isRejected(1_003))

        guard case .replaced(let page) = await host.rpc("held", from: moderator),
            let comments = page["comments"]?.array, comments.count == 2,
            let first = comments[0]["id"], let second = comments[1]["id"]
        else {
            Issue.record("no page of two")
            return
        }
        #expect(comments.map { $0["text"]?.string } == ["dubious one", "dubious two"])
        #expect(comments[0]["user"] == "ana" && comments[0]["name"] == "Ana")

        #expect(await host.rpc("release", ["id": first], from: moderator) == .replaced([:]))
        let sent = await host.record.calls
        #expect(sent.map(\.method) == ["comment.send"])
        #expect(sent.first?.parameters["text"] == "dubious one")
        #expect(sent.first?.parameters["name"] == "Ana")
        #expect(await host.rpc("release", ["id": first], from: moderator).isRejected(1_002))

        #expect(await host.rpc("drop", ["id": second], from: moderator) == .replaced([:]))
        #expect(
            await host.rpc("held", from: moderator)
                == .replaced(["comments": [], "more": false])
        )
    }

    @Test func holdsNoMoreThanItMay() async throws {
        let host = try await TestHost(
            WordFilterPlugin.self,
            settings: settings(["held_maximum": 1])
        )
        #expect(await host.comment("dubious one").isRejected(1_001))
        #expect(await host.comment("dubious two").isRejected(1_000))
    }

    @Test func readsChangedListsAndKeepsTheOldOnesWhenTheNewAreWrong() async throws {
        let host = try await TestHost(WordFilterPlugin.self, settings: settings())
        #expect(await host.comment("novel") == .allowed)
        try write("novel word\nnovel\n", to: "reject")
        try await reload(host, until: "lists reloaded")
        #expect(await host.comment("novel").isRejected(1_000))
        #expect(await host.comment("awful") == .allowed)

        try write("fine\n/(/\n", to: "reject")
        try await reload(host, until: "lists not reloaded, the old ones stay")
        let line = await host.record.log.last
        #expect(line?.fields["error"]?.string?.contains("reject:2: no regular expression") == true)
        #expect(await host.comment("novel").isRejected(1_000))

        try write("fine\n", to: "reject")
        try await reload(host, until: "lists reloaded")
        #expect(await host.comment("novel") == .allowed)
    }

    /// For a thread that reads three short files, on a machine that does much else.
    private static let patience: Duration = .seconds(60)

    /// Moves the clock until the files were looked at, which another thread does.
    private func reload(_ host: TestHost, until message: String) async throws {
        let before = await host.record.log.count
        let clock = ContinuousClock()
        let deadline = clock.now + Self.patience
        while clock.now < deadline {
            await host.advance(by: .seconds(5))
            let log = await host.record.log
            if log.count > before {
                #expect(log.last?.message == message)
                return
            }
            await Task.yield()
        }
        Issue.record("\(message): not within \(Self.patience)")
    }

    @Test func doesNotStartWithoutItsLists() async throws {
        let missing: JSON = ["lists": [["file": "/no/such/list", "action": "mask"]]]
        await #expect(throws: ListFile.Problem.self) {
            try await TestHost(WordFilterPlugin.self, settings: missing)
        }
        try write("ok\n/[/\n", to: "mask")
        let problem = await #expect(throws: WordList.Problem.self) {
            try await TestHost(WordFilterPlugin.self, settings: settings())
        }
        #expect(problem?.description.contains("mask:2: no regular expression") == true)
    }

    @Test func skipsRegexesThatTakeTooLong() async throws {
        try write("/(a+)+b/\nawful\n", to: "reject")
        let host = try await TestHost(WordFilterPlugin.self, settings: settings())
        #expect(await host.comment(String(repeating: "a", count: 500)) == .allowed)
        #expect(await host.comment(String(repeating: "a", count: 499)) == .allowed)
        let record = await host.record
        #expect(record.counters == ["regexes_given_up": 2])
        #expect(record.log.filter { $0.level == .warning }.count == 1)
    }

    @Test(arguments: [
        #"{"lists": [{"file": "x", "action": "shout"}]}"#, #"{"lists": "x"}"#,
        #"{"lists": [{"action": "mask"}]}"#,
    ])
    func refusesSettingsThatDoNotFit(settings: String) async throws {
        let settings = try #require(JSON(text: settings))
        await #expect(throws: SettingsError.self) {
            try await TestHost(WordFilterPlugin.self, settings: settings)
        }
    }

    @Test func hasASchemaThatIsJSON() {
        #expect(JSON(text: WordFilterSettings.schema)?["type"] == "object")
    }
}

extension TestAnswer {
    fileprivate func isRejected(_ code: Int32) -> Bool {
        if case .rejected(code, _) = self { true } else { false }
    }
}
