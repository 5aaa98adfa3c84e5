// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import JSON
import Reactor

struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON, for programs.")
    var json = false
}

extension OutputOptions {
    /// A stream's snapshot, as the server sent it or for people.
    func print(_ snapshot: JSONValue) {
        if json {
            Console.print(String(decoding: snapshot.serialized(), as: UTF8.self))
        } else {
            for line in SnapshotText.lines(snapshot, now: WallClock.now()) { Console.print(line) }
        }
    }
}
