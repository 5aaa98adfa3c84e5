// SPDX-License-Identifier: Apache-2.0

import Glibc
import Hooks
import JSON
import Manifest
import Reactor

/// Tries plugins in a process of their own, before any worker gets them.
struct PluginCheck {
    /// Within which all of them must have been made and ended.
    ///
    /// A supervisor waits for it in a reload, and a new program's probe takes at most 10 s.
    static let serveDeadline = Duration.seconds(8)
    /// Most bytes of a report; each plugin has a few hundred.
    private static let maximumReportByteCount = 1 << 20

    /// What a plugin said of itself.
    struct Loaded {
        let version: String
        let summary: String
        let hooks: Set<Hook>
        let hasSelfTest: Bool
    }

    private(set) var loaded: [String: Loaded] = [:]
    private(set) var problems: [ConfigurationProblem] = []

    private let manifests: [PluginManifest]
    /// Who was doing what when the report ended.
    private var step: (plugin: String, text: String)?
    private var isDone = false

    init(_ manifests: [PluginManifest]) {
        self.manifests = manifests
    }

    /// Tries them, and fills in what is known then.
    ///
    /// - Parameters:
    ///   - selfTest: whether their `self_test`s are called too.
    ///   - time: for all of them together.
    ///   - logLevel: of what they log meanwhile.
    /// - Throws: when there can be no such process.
    mutating func run(
        selfTest: Bool,
        within time: Duration,
        logLevel: LogSettings.Level
    ) throws(CommandFailure) {
        var configuration = Configuration()
        configuration.plugins = manifests.map(\.settings)
        configuration.log.level = logLevel
        let ending: Ending
        do throws(SystemError) {
            ending = try Self.report(
                of: configuration.encoded(includingSecret: true),
                selfTest: selfTest,
                until: MonotonicTime.now() + time
            )
        } catch {
            throw CommandFailure(.system, "plugins cannot be checked: \(error)")
        }
        for line in ending.report.split(separator: UInt8(ascii: "\n")) { read(Array(line)) }
        guard !isDone else { return }
        blame(ending, time)
    }

    // MARK: The process

    private struct Ending {
        var report: [UInt8] = []
        /// nil: it had to be killed.
        var status: ExitStatus?
    }

    private static func report(
        of configuration: [UInt8],
        selfTest: Bool,
        until deadline: MonotonicTime
    ) throws(SystemError) -> Ending {
        let pair = try Socket.pair().relinquish()
        let ours = Descriptor(owning: pair.first)
        let theirs = Descriptor(owning: pair.second)
        let file = try File.sealed(configuration, name: "tally-plugins")
        var arguments = ["tally", PluginCheckProcess.role, "\(file.raw)", "\(theirs.raw)"]
        if selfTest { arguments.append(PluginCheckProcess.selfTestFlag) }
        let child = try ChildProcess.spawn(
            ChildProcess.ownExecutable,
            arguments: arguments,
            inheriting: [file.raw, theirs.raw]
        )
        // Open until here; the child has its own copies.
        theirs.close()
        var ending = Ending()
        let isInTime = receive(ours.raw, into: &ending.report, until: deadline)
        // Also when it has ended: what it left behind in its group goes with it.
        if !isInTime { ChildProcess.signal(child, SIGKILL) }
        let status = end(of: child)
        if isInTime { ending.status = status }
        return ending
    }

    /// - Returns: false when the deadline passed before the end of the report.
    private static func receive(
        _ raw: Int32,
        into report: inout [UInt8],
        until deadline: MonotonicTime
    ) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while report.count < maximumReportByteCount {
            switch Socket.receive(raw, into: &buffer) {
            case .transferred(let count): report += buffer[..<count]
            case .endOfStream, .failed: return true
            case .wouldBlock:
                guard Socket.wait(for: .readable, of: raw, until: deadline) else { return false }
            }
        }
        return false
    }

    /// It has closed its report or was killed, so this takes no time worth speaking of.
    private static func end(of child: Int32) -> ExitStatus {
        let deadline = MonotonicTime.now() + .seconds(1)
        while true {
            if let status = ChildProcess.reap(child) { return status }
            if MonotonicTime.now() > deadline { ChildProcess.signal(child, SIGKILL) }
            usleep(1_000)
        }
    }

    // MARK: The report

    private mutating func read(_ line: [UInt8]) {
        let limits = JSONLimits(maximumByteCount: line.count, maximumDepth: 2)
        guard let value = try? JSONValue.parse(line, limits: limits) else { return }
        let plugin = value["plugin"]?.string ?? ""
        let text = value["text"]?.string ?? ""
        switch value["kind"]?.string {
        case "step": step = (plugin, text)
        case "problem": report(plugin, value["key"]?.string ?? "library", text)
        case "loaded":
            let names = (value["hooks"]?.string ?? "").split(separator: ",")
            loaded[plugin] = Loaded(
                version: value["version"]?.string ?? "",
                summary: value["summary"]?.string ?? "",
                hooks: Set(names.compactMap { Hook(name: String($0)) }),
                hasSelfTest: value["self_test"]?.string == "yes"
            )
        case "done": isDone = true
        default: break
        }
    }

    /// The process did not come to its end.
    private mutating func blame(_ ending: Ending, _ time: Duration) {
        let fate =
            ending.status.map { "its check ended by \($0)" }
            ?? "its check did not end within \(DurationNotation.text(of: time))"
        guard let step else {
            problems.append(ConfigurationProblem(.defaults, "plugins cannot be checked: \(fate)"))
            return
        }
        report(step.plugin, "library", "\(fate) while it was \(step.text)")
    }

    private mutating func report(_ plugin: String, _ key: String, _ message: String) {
        guard let manifest = manifests.first(where: { $0.settings.name == plugin }) else { return }
        problems.append(
            ConfigurationProblem(manifest.place(of: key), Console.harmless("\(plugin): \(message)"))
        )
    }
}
