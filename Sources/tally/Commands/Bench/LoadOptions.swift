// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Bench
import Channels
import Client
import JSON
import Reactor

/// Whom a load is for, how many viewers it is, and whose processor time is counted.
struct LoadOptions: ParsableArguments {
    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case tally
        case plain
    }

    @Option(
        help: ArgumentHelp(
            "What serves at --url: tally, or plain: any WebSocket server that sends all it gets to all.",
            valueName: "kind"
        )
    )
    var serverKind = Kind.tally

    @Option(help: "The stream whose viewers they are, of a Tally's; it is started.")
    var stream = "bench"

    @Option(help: "How many viewers.")
    var viewers = 1_000

    @Option(
        help: ArgumentHelp(
            "How many processes are the viewers; 0: as few as their descriptors allow.",
            valueName: "count"
        )
    )
    var processes = 0

    @Option(help: "How many viewers may be on their way at once.")
    var concurrency = 200

    @Option(
        name: .customLong("pid"),
        help: ArgumentHelp(
            "A process of the server, counted with all that it started; may be given again. Of a "
                + "Tally with --data, they are known.",
            valueName: "pid"
        )
    )
    var pids: [Int] = []

    @Flag(help: "Offer permessage-deflate.")
    var compressed = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: BenchOutput

    func validate() throws {
        let most = LoadFleet.maximumViewersPerProcess * LoadFleet.maximumProcessCount
        guard (1...most).contains(viewers) else {
            throw ValidationError("--viewers takes 1 to \(most)")
        }
        guard (0...LoadFleet.maximumProcessCount).contains(processes) else {
            throw ValidationError("--processes takes 0 to \(LoadFleet.maximumProcessCount)")
        }
        guard (1...100_000).contains(concurrency) else {
            throw ValidationError("--concurrency takes 1 to 100000")
        }
        guard pids.allSatisfy({ $0 > 0 }) else { throw ValidationError("--pid takes a process id") }
        guard serverKind == .tally || connection.url != nil else {
            throw ValidationError("a plain server needs --url")
        }
    }

    /// Where viewers go; a plain server's path is taken as it is.
    func target() throws(CommandFailure) -> LoadTarget {
        var url = try connection.serverURL()
        // Without a path it is Tally's own; of any other server it is the root.
        if serverKind == .plain, url.target == ServerURL.defaultPath,
            connection.url?.hasSuffix(ServerURL.defaultPath) == false
        {
            url = ServerURL(address: url.address, target: "/")
        }
        return LoadTarget(
            url: url,
            manner: serverKind == .tally ? .tally : .raw,
            channel: serverKind == .tally ? "live:" + stream : "",
            token: serverKind == .tally ? connection.token ?? "" : "",
            isCompressed: compressed
        )
    }

    /// The processes that are the viewers, not connected yet; some viewers beyond `viewers` may be
    /// needed in `reserve`.
    func fleet(_ loop: EventLoop, _ target: LoadTarget, reserve: Int = 0) throws -> LoadFleet {
        let all = viewers + reserve
        let allowed = OwnProcess.raiseDescriptorLimit() - LoadFleet.ownDescriptorCount
        let most = min(LoadFleet.maximumViewersPerProcess, allowed)
        guard most > 0 else {
            throw CommandFailure(
                .system,
                "a process may open too few descriptors here",
                advice: "raise the limit: ulimit -n 20000"
            )
        }
        let needed = (all + most - 1) / most
        let count = processes == 0 ? needed : processes
        guard count >= needed else {
            throw CommandFailure(
                .usage,
                "\(all) viewers need \(needed) processes: one may have \(most) here",
                advice: "give --processes \(needed), or raise the limit: ulimit -n 20000"
            )
        }
        return try LoadFleet(loop: loop, target: target, processCount: count)
    }

    /// Whose processor time is counted; nil: nobody's, as nobody is known.
    func server() throws -> MeasuredServer? {
        if !pids.isEmpty { return try MeasuredServer(pids: pids) }
        guard serverKind == .tally else { return nil }
        do {
            return try MeasuredServer(dataFolder: connection.dataFolder)
        } catch {
            // Of a server elsewhere there is no data folder; one that was named has to be right.
            if connection.data != nil { throw error }
            return nil
        }
    }

    /// Makes the stream live; it may be already, from an earlier measurement.
    func startStream() throws(CommandFailure) {
        guard serverKind == .tally else { return }
        let conversation = try Conversation(connection, streams: [stream], allowing: .control)
        _ = try? conversation.call("live.start", isRepeatable: true) { data in
            data.member("stream", stream)
            data.member("keep", bool: true)
        }
        conversation.end()
    }

    /// What sends the messages.
    func publisher(_ loop: EventLoop, _ target: LoadTarget, postingTo post: String?) throws
        -> any Publisher
    {
        if let post {
            let url: ServerURL
            do throws(ServerURLError) {
                url = try ServerURL(parsing: post)
            } catch {
                throw CommandFailure(.usage, "--publish-url: \(error)")
            }
            return try PostPublisher(loop: loop, url: url)
        }
        guard serverKind == .tally else { return FramePublisher(loop: loop, url: target.url) }
        var options = ClientOptions()
        options.token = try connection.tokenSource(for: [stream], allowing: [.publish, .moderate])
        return CommentPublisher(loop: loop, url: target.url, options: options, stream: stream)
    }

    /// Runs a measurement, its troubles told as command failures.
    func measuring<Result>(_ measure: () throws -> Result) throws -> Result {
        do {
            return try measure()
        } catch let error as BenchError {
            throw CommandFailure(.unavailable, error.description, advice: error.advice)
        } catch let error as SystemError {
            throw CommandFailure(.system, error.description)
        }
    }
}

extension BenchReport {
    /// What every load tells: who was lost, and what went over the wire.
    mutating func append(_ counts: LoadCounts, viewers: Int, seconds: Double) {
        append("lost", "connections lost", .count(counts.lost))
        if !counts.firstLoss.isEmpty {
            append("first_loss", "  the first", .text(Console.harmless(counts.firstLoss)))
        }
        guard viewers > 0 else { return }
        append(
            "received_bytes_per_viewer",
            "received by each viewer",
            .number(Double(counts.receivedByteCount) / Double(viewers)),
            unit: "bytes"
        )
        append(
            "sent_bytes_per_viewer",
            "sent by each viewer",
            .number(Double(counts.sentByteCount) / Double(viewers)),
            unit: "bytes"
        )
    }
}
