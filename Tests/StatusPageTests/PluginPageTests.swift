// SPDX-License-Identifier: Apache-2.0

import Glibc
import Hooks
import Reactor
import Testing

@testable import StatusPage

@Suite struct PluginPageTests {
    private let folder: TemporaryFolder
    private let page: StatusPage
    private let plugins: PluginPage
    /// Of worker 0, and of the one that replaces it.
    private let slots = [2, 3]

    init() throws {
        folder = try TemporaryFolder()
        page = try StatusPage.create(path: DataFolder.statusPath(folder.path), slotCount: 6)
        plugins = try PluginPage.create(path: DataFolder.pluginsPath(folder.path))
        for number in slots {
            page.slot(number)?.assign(ProcessIdentity(.worker, 0), .current)
            try plugins.allocate(slot: number, plugins: [0, 15])
        }
        plugins.setEntry(PluginEntry(name: "word-filter", state: .active), of: 0)
        plugins.setEntry(PluginEntry(name: "webhook", state: .quarantined), of: 15)
    }

    /// A process's view of a slot.
    private func process(_ number: Int) throws -> StatusSlot {
        let slot = try #require(page.slot(number))
        slot.began(pid: Int32(100 + number), restarts: 0, at: 1)
        try slot.countPlugins(in: plugins, slot: number, plugins: [0, 15])
        return slot
    }

    private func read() throws -> [PluginStatus] { try PluginReader.read(folder: folder.path) }

    @Test func readerSumsWhatAllProcessesCounted() throws {
        for number in slots {
            let figures = try #require(try process(number).pluginFigures(15))
            figures.begin(version: "1.2.\(number)")
            figures.addCall(.hook(.comment), took: .microseconds(10))
            figures.addCall(.hook(.comment), took: .milliseconds(number))
            figures.add(.rejections, .hook(.comment))
            figures.setPending(3)
            figures.number(named: "words", .counter)?.add(5)
            figures.number(named: "queue", .gauge)?.set(-2)
        }
        let all = try read()
        #expect(all.map(\.entry.name) == ["word-filter", "webhook"])
        #expect(all[0].activities.isEmpty && all[0].instances == 0)
        let webhook = all[1]
        #expect(webhook.entry.state == .quarantined && webhook.number == 15)
        #expect(webhook.version == "1.2.3" && webhook.instances == 2 && webhook.pending == 6)
        #expect(webhook.counters == ["words": 10] && webhook.gauges == ["queue": -4])
        let comment = try #require(webhook.activities[.hook(.comment)])
        #expect(webhook.activities.count == 1)
        #expect(comment[.calls] == 4 && comment[.rejections] == 2 && comment[.timeouts] == 0)
        #expect(comment.maximumNanoseconds == 3_000_000)
        let median = try #require(comment.nanoseconds(ofShare: 0.5))
        #expect(10_000...12_500 ~= median)
        #expect(comment.nanoseconds(ofShare: 0.99) == 3_000_000)
    }

    @Test func aReplacementGoesOnWithWhatWasCounted() throws {
        let first = try #require(try process(2).pluginFigures(0))
        first.begin(version: "1")
        first.addCall(.hook(.tick), took: .seconds(1))
        first.setPending(1)
        first.number(named: "words", .counter)?.add(5)
        first.number(named: "queue", .gauge)?.set(7)
        page.slot(2)?.ended()
        #expect(try read()[0].instances == 0)
        #expect(try read()[0].pending == 0)
        #expect(try read()[0].gauges.isEmpty)
        #expect(try read()[0].counters == ["words": 5])

        let second = try #require(try process(2).pluginFigures(0))
        #expect(try read()[0].instances == 0 && read()[0].pending == 0)
        #expect(try read()[0].gauges == ["queue": 0])
        second.number(named: "words", .counter)?.add(1)
        #expect(try read()[0].counters == ["words": 6])
        #expect(try read()[0].activities[.hook(.tick)]?[.calls] == 1)
    }

    @Test func namesOfNumbersAreBounded() throws {
        let figures = try #require(try process(2).pluginFigures(0))
        let long = String(repeating: "x", count: 40)
        #expect(figures.number(named: long, .counter) != nil)
        for name in ["", long + "x", "Upper", "sp ace", "é"] {
            #expect(figures.number(named: name, .counter) == nil)
        }
        for index in 1..<32 { #expect(figures.number(named: "n\(index)", .gauge) != nil) }
        #expect(figures.number(named: "one_more", .gauge) == nil)
        #expect(figures.number(named: "n1", .gauge) != nil)
        #expect(figures.number(named: "n1", .counter) == nil, "a gauge is no counter")
    }

    @Test func figuresAreKeptOnlyWhereThereIsRoom() throws {
        let slot = try process(2)
        #expect(slot.pluginFigures(15) != nil)
        #expect(slot.pluginFigures(1) == nil)
        #expect(page.slot(4)?.pluginFigures(0) == nil)
    }

    @Test func aNumberIsEmptyForItsNextPlugin() throws {
        let figures = try #require(try process(3).pluginFigures(15))
        figures.addCall(.hook(.comment), took: .microseconds(10))
        figures.number(named: "words", .counter)?.add(5)
        try plugins.clear(plugin: 15, slots: [2, 3])
        #expect(try read().map(\.number) == [0])
        plugins.setEntry(PluginEntry(name: "next", state: .active), of: 15)
        let next = try #require(try read().last)
        #expect(next.counters.isEmpty && next.activities.isEmpty && next.version.isEmpty)
    }

    @Test func tellsOfTheLastDeath() throws {
        var entry = PluginEntry(name: "webhook", state: .quarantined)
        entry.deaths = 4
        entry.recentDeaths = 3
        entry.deathLimit = 3
        entry.quarantinedAt = 1_700_000_000_000
        entry.lastDeath = PluginEntry.Death(
            time: 1_700_000_000_000,
            signal: 11,
            activity: .hook(.comment),
            function: String(repeating: "f", count: 256)
        )
        plugins.setEntry(entry, of: 15)
        #expect(try read()[1].entry == entry)
        entry.lastDeath?.activity = nil
        entry.lastDeath?.function = ""
        plugins.setEntry(entry, of: 15)
        #expect(try read()[1].entry == entry)
    }

    @Test func refusesWhatIsNoPluginFile() throws {
        let path = DataFolder.pluginsPath(folder.path)
        try File.remove(path)
        #expect(throws: StatusError.missing(path: path)) { try read() }
        let file = try File.open(path, for: .replacing)
        #expect(throws: StatusError.notAStatusPage) { try read() }
        try File.write(file, Array("TALLYPLU".utf8) + [9, 0, 0, 0, 0, 0, 0, 0])
        try File.allocate(file, byteCount: PluginLayout.areasOffset * 8)
        #expect(throws: StatusError.otherVersion(found: 9, expected: 1)) { try read() }
    }
}

@Suite struct PluginMarkTests {
    private let folder: TemporaryFolder
    private let page: StatusPage
    private let slot: StatusSlot

    init() throws {
        folder = try TemporaryFolder()
        page = try StatusPage.create(path: DataFolder.statusPath(folder.path), slotCount: 3)
        slot = try #require(page.slot(2))
        slot.assign(ProcessIdentity(.worker, 0), .current)
    }

    @Test func staysWhenTheProcessDies() throws {
        #expect(slot.pluginMark == nil)
        let outside = slot.enterPlugin(0, .hook(.connect))
        #expect(slot.pluginMark == PluginMark(0, .hook(.connect)))
        let outer = slot.enterPlugin(15, .job)
        #expect(slot.pluginMark == PluginMark(15, .job))
        slot.leavePlugin(outer)
        #expect(slot.pluginMark == PluginMark(0, .hook(.connect)))
        slot.ended()
        #expect(slot.pluginMark == PluginMark(0, .hook(.connect)))
        slot.leavePlugin(outside)
        #expect(slot.pluginMark == nil)
    }

    @Test func isGoneForTheNextProcess() {
        _ = slot.enterPlugin(3, .hook(.comment))
        slot.assign(ProcessIdentity(.worker, 0), .current)
        #expect(slot.pluginMark == nil)
    }

    @Test func everyActivityHasAMark() {
        for activity in PluginActivity.allCases {
            let mark = PluginMark(7, activity)
            #expect(PluginMark(word: mark.word) == mark)
        }
        #expect(Set(PluginActivity.allCases.map(\.rawValue)).count == 22)
        #expect(PluginMark(word: 0) == nil)
        #expect(PluginMark(word: 1 << 8 | 23) == nil, "no such activity")
        #expect(PluginMark(word: 17 << 8) == nil, "no such plugin")
    }
}

@Suite struct TimeBucketTests {
    @Test func everyTimeIsBelowItsBucketsEnd() {
        var time: UInt64 = 1
        while time < 1 << 38 {
            for value in [time - 1, time, time + time / 3] {
                let index = TimeBuckets.index(of: value)
                #expect(value < TimeBuckets.end(of: index))
                if index > 0 { #expect(value >= TimeBuckets.end(of: index - 1)) }
            }
            time *= 2
        }
        #expect(TimeBuckets.index(of: .max) == TimeBuckets.count - 1)
    }

    @Test func quantilesAreOfTheRightRank() {
        var buckets = [UInt64](repeating: 0, count: TimeBuckets.count)
        #expect(TimeBuckets.quantile(0.5, of: buckets) == nil)
        buckets[TimeBuckets.index(of: 1_000)] = 99
        buckets[TimeBuckets.index(of: 1_000_000)] = 1
        let short = TimeBuckets.end(of: TimeBuckets.index(of: 1_000))
        #expect(TimeBuckets.quantile(0.5, of: buckets) == short)
        #expect(TimeBuckets.quantile(0.99, of: buckets) == short)
        #expect(TimeBuckets.quantile(0.991, of: buckets) ?? 0 > 1_000_000)
        #expect(TimeBuckets.quantile(0, of: buckets) == short)
    }
}
