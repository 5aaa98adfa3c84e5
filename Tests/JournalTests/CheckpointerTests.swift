// SPDX-License-Identifier: Apache-2.0

import Channels
import Foundation
import Journal
import Reactor
import Testing

/// The process that saves the log, as the hub sees it.
@Suite final class CheckpointerTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    @Test func savesWhatTheHubHasWrittenAndLeavesItsLogAlone() throws {
        let journal = try folder.open()
        for offset in 1...50 as ClosedRange<UInt64> {
            try journal.commit([Sample.event("live:show", offset)])
        }
        let checkpointer = try Checkpointer(folder: folder.path)
        guard case .saved(let count)? = try answer(of: checkpointer) else {
            Issue.record("not saved")
            return
        }
        #expect(count > 50)
        #expect(try answer(of: checkpointer) == .saved(frameCount: count))
        // All is in the file: what the log says is not needed.
        let copy = try TestFolder()
        try FileManager.default.copyItem(
            atPath: journal.path,
            toPath: copy.journalPath
        )
        #expect(try JournalReader(folder: copy.path).counts().publications == 50)
        try journal.commit([Sample.event("live:show", 51)])
    }

    @Test func refusesAFolderWithoutAJournal() throws {
        #expect(throws: JournalError.self) { try Checkpointer(folder: folder.path) }
    }

    @Test(arguments: [
        CheckpointAnswer.saved(frameCount: 0), .saved(frameCount: 12_345), .failed(code: 13),
        .failed(code: -1),
    ])
    func anAnswerIsALine(answer: CheckpointAnswer) {
        let line = answer.encoded
        #expect(line.last == UInt8(ascii: "\n"))
        #expect(line.count <= CheckpointAnswer.maximumByteCount)
        #expect(CheckpointAnswer(line: line.dropLast()) == answer)
    }

    @Test(arguments: ["", "saved", "saved -1", "saved x", "failed", "failed 1 2", "other 1"])
    func refusesWhatIsNoAnswer(line: String) {
        #expect(CheckpointAnswer(line: line.utf8) == nil)
    }

    @Test func theLaunchIsReadAsItWasWritten() throws {
        let launch = CheckpointerLaunch(parent: 7, link: 3, dataFolder: "/tmp/a b=c")
        #expect(launch.arguments.first == CheckpointerLaunch.subcommand)
        #expect(CheckpointerLaunch(arguments: Array(launch.arguments.dropFirst())) == launch)
    }

    @Test(arguments: [
        [], ["parent=1", "link=3"], ["parent=0", "link=3", "data=/"],
        ["parent=1", "link=2", "data=/"],
        ["parent=1", "link=x", "data=/"], ["parent=1", "link=3", "data="],
        ["link=3", "parent=1", "data=/"], ["parent=1", "link=3", "data=/", "more=1"],
    ])
    func refusesAnotherLaunch(arguments: [String]) {
        #expect(CheckpointerLaunch(arguments: arguments) == nil)
    }

    /// Asks once and hangs up.
    private func answer(of checkpointer: Checkpointer) throws -> CheckpointAnswer? {
        let pair = try Socket.pair().relinquish()
        let hub = Descriptor(owning: pair.first)
        let link = Descriptor(owning: pair.second)
        _ = Socket.send(hub.raw, [1], from: 0)
        Socket.shutdownSending(hub.raw)
        try checkpointer.serve(link)
        var buffer = [UInt8](repeating: 0, count: 1_024)
        guard case .transferred(let count) = Socket.receive(hub.raw, into: &buffer) else {
            return nil
        }
        return CheckpointAnswer(line: buffer[..<count].dropLast())
    }
}
