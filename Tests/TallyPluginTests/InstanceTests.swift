// SPDX-License-Identifier: Apache-2.0

import TallyPlugin
import TallyPluginTesting
import Testing

/// How an instance begins and ends.
@Suite struct InstanceTests {
    @Test func readsItsSettings() async throws {
        let host = try await TestHost(Sample.self, settings: ["word": "worse"])
        #expect(await host.comment("worse") == .rejected(code: 1_500, message: "no"))
        #expect(await host.comment("bad") == .allowed)
    }

    @Test(arguments: [
        (#"{"word": 1}"#, "settings: word: must be a text"),
        (#"{"limits": [1, "two"]}"#, "settings: limits.[1]: must be an integer from"),
        (#"{"limits": {"a": 1}}"#, "settings: limits: must be an array"),
    ])
    func saysWhichSettingDoesNotFit(settings: String, message: String) async throws {
        let settings = try #require(JSON(text: settings))
        let error = await #expect(throws: SettingsError.self) {
            try await TestHost(Sample.self, settings: settings)
        }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }

    @Test func doesNotStartWhenItThrows() async {
        await #expect(throws: Rejection("no such word")) {
            try await TestHost(Sample.self, settings: ["word": "refuse"])
        }
    }

    @Test func testsItself() async throws {
        #expect(try await TestHost(Sample.self).selfTest() == nil)
        let ill = try await TestHost(Sample.self, settings: ["word": "ill"])
        #expect(await ill.selfTest()?.contains("ill") == true)
    }

    /// What a plugin keeps of its host must not reach a worker that has gone on without it.
    @Test func refusesEverythingAfterItsEnd() async throws {
        let keeper = Keeper.Box()
        await Keeper.use(keeper)
        let host = try await TestHost(Keeper.self)
        await host.stop()
        let kept = try #require(await keeper.host)
        kept.log("late")
        await #expect(throws: HostError.closed) { try await kept.call("live.list") }
        await #expect(throws: HostError.closed) { try await kept.offLoop {} }
        await #expect(throws: HostError.closed) { try await kept.send([:], to: 1) }
        #expect(await host.record.log.isEmpty)
    }
}

private final class Keeper: Plugin {
    @Loop final class Box { var host: Host? }
    static var box: Box?
    static func use(_ box: Box) { self.box = box }
    static let about = About(name: "keeper", version: "1", summary: "")

    init(host: Host, settings: NoSettings) {
        Self.box?.host = host
    }
}
