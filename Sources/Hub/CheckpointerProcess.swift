// SPDX-License-Identifier: Apache-2.0

import Glibc
import Journal
import Reactor

/// The hub's checkpointer: a child process that is asked to save the journal's log, one request at a
/// time.
///
/// It dies with the hub, whatever happens to either (`ChildProcess.spawn`).
final class CheckpointerProcess: EventHandler {
    let pid: Int32
    private let link: Descriptor
    private let loop: EventLoop
    /// Called for each answer; nil: it has ended, or speaks nonsense.
    private let receive: (CheckpointAnswer?) -> Void
    private var registration: Registration?
    private var line: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: CheckpointAnswer.maximumByteCount)

    /// Starts it; `executable` knows the hidden subcommand.
    init(
        _ executable: String,
        dataFolder: String,
        loop: EventLoop,
        receive: @escaping (CheckpointAnswer?) -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.receive = receive
        let pair = try Socket.pair().relinquish()
        link = Descriptor(owning: pair.first)
        // Closed here when the child has its copy, so that its end is noticed.
        let theirs = Descriptor(owning: pair.second)
        let launch = CheckpointerLaunch(
            parent: OwnProcess.identifier,
            link: theirs.raw,
            dataFolder: dataFolder
        )
        pid = try ChildProcess.spawn(
            executable,
            arguments: ["tally"] + launch.arguments,
            inheriting: [theirs.raw]
        )
        theirs.close()
        do throws(SystemError) {
            registration = try loop.add(link.raw, .readable, handler: self)
        } catch {
            end()
            throw error
        }
    }

    func ask() {
        // A byte that waits in the socket is all that there can be: it is asked once at a time. Its
        // end, if that is why it fails, is told by `handle`.
        _ = Socket.send(link.raw, [UInt8(ascii: "s")], from: 0)
    }

    /// Ends it at once, whatever it is doing.
    func end() {
        if let registration { loop.remove(registration) }
        registration = nil
        ChildProcess.signal(pid, SIGKILL)
    }

    /// Takes note of its end; to be asked until it answers true.
    func isReaped() -> Bool { ChildProcess.reap(pid) != nil }

    func handle(_ readiness: Readiness) {
        switch Socket.receive(link.raw, into: &buffer) {
        case .transferred(let count):
            line += buffer[..<count]
            takeLines()
        case .wouldBlock:
            break
        case .endOfStream, .failed:
            receive(nil)
        }
    }

    private func takeLines() {
        while let end = line.firstIndex(of: UInt8(ascii: "\n")) {
            guard let answer = CheckpointAnswer(line: line[..<end]) else { return receive(nil) }
            line.removeSubrange(...end)
            receive(answer)
        }
        if line.count > CheckpointAnswer.maximumByteCount { receive(nil) }
    }
}
