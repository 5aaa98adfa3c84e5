// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Bench
import Channels
import JSON
import Reactor

struct BenchIdleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "idle",
        abstract: "The server's user-space memory per idle subscribed viewer."
    )

    /// Gathered and counted as the base, so that what a first viewer makes a process allocate once
    /// is not put on the others' account.
    private static let warmUpCount = 100

    @OptionGroup var options: BenchOptions

    @Option(help: "Stay for so many seconds: a time to kill a worker, or to reload.")
    var hold = 0

    func run() throws {
        let loop = try EventLoop()
        let crowd = Crowd(
            loop: loop,
            url: try options.connection.serverURL(),
            channel: "live:" + options.stream,
            token: "",
            security: try options.connection.security()
        )
        try crowd.gather(Self.warmUpCount, within: .seconds(30))
        let before = try ServerMemory(dataFolder: options.connection.dataFolder)
        try crowd.gather(options.viewers, within: .seconds(120))
        let after = try ServerMemory(dataFolder: options.connection.dataFolder)
        let gained = after.privateByteCount - before.privateByteCount
        try crowd.hold(for: .seconds(hold))
        if options.output.isJSON {
            printJSON(crowd, before, after, bytesPerViewer: gained / options.viewers)
        } else {
            printTable(crowd, before, after, bytesPerViewer: gained / options.viewers)
        }
    }

    private func printTable(
        _ crowd: Crowd,
        _ before: ServerMemory,
        _ after: ServerMemory,
        bytesPerViewer: Int
    ) {
        for (old, new) in zip(before.processes, after.processes) {
            Console.print(
                "\(new.name): \(old.privateByteCount / 1024) KiB private before, "
                    + "\(new.privateByteCount / 1024) KiB with \(options.viewers) viewers more"
            )
        }
        for (node, count) in crowd.viewersByNode.sorted(by: { $0.key < $1.key }) {
            Console.print("\(node): \(count) viewers")
        }
        if let lost = crowd.firstLossAt, let back = crowd.lastSubscribedAt, hold > 0 {
            Console.print(
                "\(crowd.disconnectCount) connections lost, "
                    + "all back after \((back - lost).milliseconds) ms"
            )
        } else if hold > 0 {
            Console.print("no connection lost in \(hold) s")
        }
        Console.print("\(bytesPerViewer) bytes per idle subscribed viewer, all processes together")
    }

    private func printJSON(
        _ crowd: Crowd,
        _ before: ServerMemory,
        _ after: ServerMemory,
        bytesPerViewer: Int
    ) {
        var json = JSONWriter()
        json.beginObject()
        json.key("viewers")
        json.integer(options.viewers)
        json.key("bytes_per_viewer")
        json.integer(bytesPerViewer)
        let proportional = after.proportionalByteCount - before.proportionalByteCount
        json.member("proportional_bytes_per_viewer", integer: proportional / options.viewers)
        json.key("disconnects")
        json.integer(crowd.disconnectCount)
        json.key("processes")
        json.beginArray()
        for (old, new) in zip(before.processes, after.processes) {
            json.beginObject()
            json.key("name")
            json.string(new.name)
            json.key("private_bytes_before")
            json.integer(old.privateByteCount)
            json.key("private_bytes")
            json.integer(new.privateByteCount)
            json.member("proportional_bytes", integer: new.proportionalByteCount)
            json.key("resident_bytes")
            json.integer(new.residentByteCount)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        Console.print(String(decoding: json.bytes, as: UTF8.self))
    }
}
