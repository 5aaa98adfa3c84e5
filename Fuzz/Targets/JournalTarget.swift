// SPDX-License-Identifier: Apache-2.0

import Channels
import Glibc
import Journal
import Live
import Reactor

/// A journal that was changed behind Tally's back: the input says which bytes become which.
///
/// Each five bytes of input are a place (32 bits) and a value. An untouched journal is made once.
enum JournalTarget: FuzzTarget {
    static let name = "journal"

    static let seeds: [[UInt8]] = [[], [0, 0, 0, 0, 0], [18, 0, 0, 0, 9, 100, 0, 0, 0, 1]]

    private static let folder = "/dev/shm/tally-fuzz-\(getpid())"
    private static let original = makeJournal()

    static func run(_ bytes: [UInt8]) {
        var contents = original
        for start in stride(from: 0, to: bytes.count - 4, by: 5) {
            let place = bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
            contents[place % contents.count] = bytes[start + 4]
        }
        write(contents)
        if let reader = try? JournalReader(folder: folder) {
            _ = try? reader.counts()
            _ = try? reader.problems()
        }
        guard let journal = open(), (try? journal.restore()) != nil else { return }
        _ = try? journal.entries(of: "live:a", before: 100, limits: limits)
        try? journal.commit([
            .publication(channel: "live:a", Position(epoch: "e", offset: 4), entry(4))
        ])
    }

    private static let limits = ChannelLog.Limits(
        maximumCount: 100,
        maximumByteCount: 1 << 20,
        lifetime: .seconds(3_600)
    )

    private static func open() -> Journal? {
        try? Journal(
            folder: folder,
            options: JournalOptions(
                sync: .process,
                retention: { _ in limits },
                answerWindow: .seconds(300),
                maximumAnswerCount: 100,
                requestWindow: .seconds(60),
                maximumRequestCount: 100
            )
        )
    }

    private static func entry(_ number: Int) -> ChannelLog.Entry {
        .init(
            at: Timestamp(milliseconds: 1_000),
            kind: .comment(by: .user("ana"), generation: 1),
            json: Array(#"{"data":{"text":"\#(number)"}}"#.utf8)
        )
    }

    private static func makeJournal() -> [UInt8] {
        unsafe mkdir(folder, 0o700)
        do {
            let journal = open()
            for number in 1...3 {
                try? journal?.commit([
                    .publication(
                        channel: "live:a",
                        Position(epoch: "e", offset: UInt64(number)),
                        entry(number)
                    )
                ])
            }
        }
        guard let file = try? File.open(folder + "/journal.db", for: .reading),
            let bytes = try? File.read(file, maximumByteCount: 1 << 24), !bytes.isEmpty
        else { preconditionFailure("no journal in \(folder)") }
        return bytes
    }

    private static func write(_ contents: [UInt8]) {
        for name in ["journal.db-wal", "journal.db-shm"] { unsafe unlink(folder + "/" + name) }
        guard let file = try? File.open(folder + "/journal.db", for: .replacing),
            (try? File.write(file, contents)) != nil
        else { preconditionFailure("cannot write in \(folder)") }
    }
}
