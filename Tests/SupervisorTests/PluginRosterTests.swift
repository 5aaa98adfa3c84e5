// SPDX-License-Identifier: Apache-2.0

import Hooks
import Reactor
import StatusPage
import Testing

@testable import Supervisor

extension SupervisedPlugin {
    static func sample(_ name: String, manifest: String = "1", deaths: Int = 3) -> Self {
        SupervisedPlugin(
            name: name,
            library: "/usr/lib/tally/lib\(name).so",
            libraryIdentity: "1:2:3",
            manifest: manifest,
            quarantineDeaths: deaths,
            quarantineWindow: .seconds(600)
        )
    }
}

extension PluginEntry.Death {
    static let sample = PluginEntry.Death(
        time: 1_700_000_000_000,
        signal: 11,
        activity: .hook(.comment),
        function: "crash_now"
    )
}

@Suite struct PluginRosterTests {
    private var roster = PluginRoster()
    private var now = MonotonicTime(nanoseconds: 1_000_000_000_000)

    private mutating func adopt(_ names: [String], inUse: Set<Int> = []) -> [Int]? {
        roster.adopt(names.map { .sample($0) }, numbersInUse: inUse)
    }

    private mutating func die(_ name: String) -> Bool {
        roster.noteDeath(of: name, .sample, now: now)
    }

    @Test mutating func aNameKeepsItsNumber() {
        #expect(adopt(["a", "b"]) == [])
        #expect(adopt(["c", "b"]) == [])
        #expect(
            roster.places == [
                PluginPlace(number: 1, name: "b"), PluginPlace(number: 2, name: "c"),
            ]
        )
        #expect(roster["a"]?.isPresent == false)
        #expect(adopt(["a"]) == [])
        #expect(roster.places == [PluginPlace(number: 0, name: "a")])
    }

    @Test mutating func numbersAreGivenAgainOnlyWhenNobodyKnowsThem() {
        let sixteen = (0..<16).map { "p\($0)" }
        #expect(adopt(sixteen) == [])
        #expect(adopt(["x"], inUse: Set(0..<16)) == nil, "old workers have all of them")
        #expect(roster.places.map(\.name) == sixteen, "and nothing has changed")
        #expect(adopt(["x", "p0"], inUse: Set(0..<16).subtracting([7])) == [7])
        #expect(roster["x"]?.number == 7)
        #expect(roster["p0"]?.number == 0)
        #expect(roster["p7"] == nil)
    }

    @Test mutating func theLastDeathTooManyPutsItIntoQuarantine() {
        _ = adopt(["a", "b"])
        #expect(die("a") == false)
        #expect(die("b") == false)
        #expect(die("a") == false)
        #expect(die("a") == true)
        #expect(die("a") == false, "it is there already")
        #expect(roster["a"]?.deathCount == 4)
        #expect(roster.places.map(\.isQuarantined) == [true, false])
        #expect(roster.loaded.values.map(\.name) == ["b"])
    }

    @Test mutating func deathsLongAgoDoNotCount() {
        _ = adopt(["a"])
        #expect(die("a") == false)
        #expect(die("a") == false)
        now = now + .seconds(600) + .nanoseconds(1)
        #expect(die("a") == false)
        #expect(die("a") == false)
        now = now + .seconds(600)
        #expect(die("a") == true, "at the end of the window they still do")
    }

    @Test mutating func releaseCleansTheRecord() {
        _ = adopt(["a"])
        #expect(roster.release("a") == false)
        #expect(roster.release("unknown") == false)
        for _ in 0..<3 { _ = die("a") }
        #expect(roster.release("a") == true)
        #expect(roster.places == [PluginPlace(number: 0, name: "a")])
        #expect(die("a") == false)
        #expect(roster["a"]?.deathCount == 4, "what happened is still told")
    }

    @Test mutating func onlyAnotherVersionEndsAQuarantineAtAReload() {
        _ = adopt(["a"])
        for _ in 0..<3 { _ = die("a") }
        _ = adopt(["a"])
        #expect(roster.places.map(\.isQuarantined) == [true])
        _ = roster.adopt([.sample("a", deaths: 5)], numbersInUse: [])
        #expect(roster.places.map(\.isQuarantined) == [true], "another limit is no new version")
        _ = adopt([])
        _ = adopt(["a"])
        #expect(roster.places.map(\.isQuarantined) == [true], "nor is it to be away for a while")
        let before = roster
        _ = roster.adopt([.sample("a", manifest: "2")], numbersInUse: [])
        #expect(roster.places.map(\.isQuarantined) == [false])
        roster.goBack(to: before)
        #expect(roster.places.map(\.isQuarantined) == [true], "the new version did not come up")
    }

    @Test mutating func goingBackKeepsWhatHappenedMeanwhile() {
        _ = adopt(["a", "b"])
        let before = roster
        _ = roster.adopt([.sample("a"), .sample("b", manifest: "2")], numbersInUse: [])
        for _ in 0..<3 { _ = die("a") }
        for _ in 0..<3 { _ = die("b") }
        roster.goBack(to: before)
        #expect(roster.places.map(\.isQuarantined) == [true, false])
    }

    @Test mutating func whatIsRememberedIsBounded() {
        _ = roster.adopt([.sample("a", deaths: 1_000)], numbersInUse: [])
        for _ in 0..<PluginRoster.maximumDeathLimit + 1 { _ = die("a") }
        #expect(roster["a"]?.deaths.count == PluginRoster.maximumDeathLimit)
        #expect(!roster.restartsPromptly("a", now: now))
    }
}

@Suite struct PluginBlameTests {
    private let mark = PluginMark(3, .hook(.comment))
    private let inThree = Fault.Place(plugin: 3, offset: 0x10, isExact: true)

    private func blame(
        _ status: Reactor.ExitStatus,
        stuck: Bool = false,
        mark: PluginMark? = nil,
        _ fault: Fault? = nil,
        loaded: Set<Int> = [3, 4]
    ) -> PluginBlame? {
        PluginBlame(
            PluginBlame.Evidence(
                status: status,
                wasStuck: stuck,
                mark: mark,
                fault: fault,
                loaded: loaded
            )
        )
    }

    private func death(
        _ place: Fault.Place?,
        onLoop: Bool = true,
        thread: Int? = nil
    ) -> Fault {
        Fault(kind: .death, signal: 11, isOnLoop: onLoop, threadPlugin: thread, place: place)
    }

    @Test func aCrashInAHookIsThePlugins() throws {
        let found = try #require(blame(.killed(signal: 11), mark: mark, death(inThree)))
        #expect(found.number == 3 && found.activity == .hook(.comment) && found.place == inThree)
        let unseen = try #require(blame(.killed(signal: 11), mark: mark))
        #expect(unseen.number == 3 && unseen.place == nil, "its handler did not run")
    }

    @Test func aCrashInWhatAHookCalledIsThePluginsToo() throws {
        let called = Fault.Place(plugin: 3, offset: 0x10, isExact: false)
        #expect(blame(.killed(signal: 11), mark: mark, death(called))?.place == called)
        let stale = Fault.Place(plugin: 4, offset: 0x10, isExact: false)
        let found = try #require(blame(.killed(signal: 11), mark: mark, death(stale)))
        #expect(found.number == 3 && found.place == nil, "left on the stack by another")
        #expect(blame(.killed(signal: 11), death(stale)) == nil, "and nobody is in a plugin")
    }

    @Test func codeCountsForMoreThanTheMark() throws {
        let inFour = Fault.Place(plugin: 4, offset: 0x10, isExact: true)
        let found = try #require(blame(.killed(signal: 11), mark: mark, death(inFour)))
        #expect(found.number == 4 && found.activity == nil)
    }

    @Test func aThreadsCrashIsTheThreads() {
        #expect(blame(.killed(signal: 11), mark: mark, death(nil, onLoop: false)) == nil)
        #expect(blame(.killed(signal: 11), death(nil, onLoop: false, thread: 4))?.number == 4)
        #expect(blame(.killed(signal: 11), death(inThree, onLoop: false))?.number == 3)
        #expect(
            blame(.killed(signal: 11), death(nil, onLoop: false), loaded: [4])?.number == 4,
            "nobody else has threads"
        )
        #expect(
            blame(.killed(signal: 11), mark: mark, death(inThree, onLoop: false))?.activity == nil
        )
    }

    @Test func aWorkerThatHangsInAHookIsThePlugins() throws {
        let stall = Fault(kind: .stall, signal: 12, place: inThree)
        let found = try #require(blame(.killed(signal: 9), stuck: true, mark: mark, stall))
        #expect(found.number == 3 && found.place == inThree)
        #expect(blame(.killed(signal: 9), stuck: true, stall) == nil, "it hangs by itself")
    }

    @Test func whoKillsItFromOutsideIsToBlame() {
        #expect(blame(.killed(signal: 9), mark: mark) == nil)
        #expect(blame(.killed(signal: 15), mark: mark) == nil)
        #expect(blame(.exited(0)) == nil)
        #expect(blame(.killed(signal: 11)) == nil)
    }

    @Test func aPluginWhoseEndTakesTooLongIsToBlame() {
        let end = PluginMark(3, .destroy)
        #expect(blame(.killed(signal: 14), mark: end)?.activity == .destroy)
        #expect(blame(.killed(signal: 14), mark: mark) == nil)
    }

    @Test func aPluginThatExitsIsToBlame() {
        #expect(blame(.exited(0), mark: mark)?.number == 3)
    }
}
