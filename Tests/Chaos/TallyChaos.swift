// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ChaosChecker
import Foundation
import Reactor

@main
struct TallyChaos: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tally-chaos",
        abstract: "Break a running Tally at random, and check that it keeps its promises.",
        discussion: """
            Exit status: 0 all promises were kept, 1 one was broken (its history is printed), \
            2 the run could not be made.
            """
    )

    @Option(help: "Of all random choices; by default a new one, which is printed.")
    var seed: UInt64?

    @Option(help: "How long to go on.")
    var seconds = 60

    @Option(help: "The binary; by default the one beside this program.")
    var tally: String?

    @Option(help: "Only these faults, with commas between them, whether they are ready or not.")
    var faults: String?

    @Option(help: "A library to load into the server, to make it misbehave.")
    var preload: String?

    @Flag(help: "Keep the server's folder, with its log.")
    var keep = false

    func validate() throws {
        guard (1...86_400).contains(seconds) else {
            throw ValidationError("--seconds takes 1 to 86400")
        }
    }

    func run() throws {
        let seed = seed ?? UInt64.random(in: 1...999_999)
        let names = faults ?? "all"
        print("tally-chaos: seed \(seed), \(seconds) s, faults: \(names)")
        let loop = try EventLoop()
        let diskMegabytes = seconds > 600 ? 1_024 : 128
        let server = try Server(
            loop: loop,
            binary: tally ?? Self.neighbour,
            preload: preload,
            diskMegabytes: diskMegabytes
        )
        var isClean = false
        defer {
            let isKept = keep || !isClean
            server.cleanUp(isKept: isKept)
            if isKept { print("kept: \(server.folder)") }
        }
        do {
            let run = try ChaosRun(
                server,
                options: .init(
                    seed: seed,
                    duration: .seconds(seconds),
                    faults: try chosenFaults(server)
                ),
                loop: loop
            )
            try loop.watchSignals([SIGINT, SIGTERM]) { _ in run.isInterrupted = true }
            try run.run()
            isClean = report(run, seed)
        } catch {
            FileHandle.standardError.write(Data("tally-chaos: \(error)\n".utf8))
            throw ExitCode(2)
        }
        if !isClean { throw ExitCode(1) }
    }

    /// - Returns: whether every promise was kept.
    private func report(_ run: ChaosRun, _ seed: UInt64) -> Bool {
        print(run.figures)
        let checker = run.recorder.checker
        guard !checker.violations.isEmpty else {
            print("no promise was broken")
            return true
        }
        let story = Story(checker)
        // The first of each kind: the others mostly follow from it.
        for rule in Violation.Rule.allCases {
            guard let violation = checker.violations.first(where: { $0.rule == rule }) else {
                continue
            }
            for line in story.lines(of: violation) { print(line) }
        }
        print("\(checker.violations.count) violations; again with: make chaos SEED=\(seed)")
        return false
    }

    private func chosenFaults(_ server: Server) throws -> [Fault] {
        if let faults {
            return try faults.split(separator: ",").map { name in
                guard let fault = Fault(rawValue: String(name)) else {
                    let known = Fault.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("no fault \"\(name)\"; there are \(known)")
                }
                return fault
            }
        }
        guard server.disk == nil else { return Fault.allCases }
        print("skipped: \(Fault.fillDisk.rawValue): cannot mount a disk to fill (only root can)")
        return Fault.allCases.filter { $0 != .fillDisk }
    }

    private static var neighbour: String {
        URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("tally").path
    }
}
