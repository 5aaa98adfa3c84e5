// SPDX-License-Identifier: Apache-2.0

import Foundation
import Hooks
import JSON
import Logging
import Manifest
import PluginHost
import Reactor

/// The throw-away process in which plugins are tried: the hidden `tally plugin-check`.
///
/// It does what a worker would do with them, tells each step before it takes it, and so who is to
/// blame when it does not come back.
enum PluginCheckProcess {
    static let role = "plugin-check"
    /// The third argument: also call each plugin's `self_test`.
    static let selfTestFlag = "self-test"

    /// - Parameter arguments: the descriptors of the configuration and of the report, then perhaps
    ///   the flag.
    static func run(arguments: [String]) -> Never {
        guard arguments.count >= 2, let file = Int32(arguments[0]), file > 2,
            let report = Int32(arguments[1]), report > 2
        else { CommandFailure(.usage, "\(role) is for Tally itself").exit() }
        let reporter = Reporter(report)
        do {
            try File.setCloseOnExec(file)
            try File.setCloseOnExec(report)
            let bytes = try File.read(
                Descriptor(owning: file),
                maximumByteCount: ServeRequest.maximumPluginsByteCount
            )
            let configuration = try Configuration(decoding: bytes)
            let loop = try EventLoop()
            for plugin in configuration.plugins {
                check(
                    plugin,
                    configuration.log.level,
                    withSelfTest: arguments.dropFirst(2).contains(selfTestFlag),
                    loop,
                    reporter
                )
            }
            reporter.tell("done", "", [:])
            exit(EXIT_SUCCESS)
        } catch {
            CommandFailure(.system, "\(role): \(error)").exit()
        }
    }

    private static func check(
        _ settings: PluginSettings,
        _ level: LogSettings.Level,
        withSelfTest: Bool,
        _ loop: EventLoop,
        _ reporter: Reporter
    ) {
        let node = NoNode()
        var logger = Logger(label: "tally") { _ in
            LineLogHandler(logLevel: Logger.Level(rawValue: level.rawValue) ?? .warning)
        }
        logger[metadataKey: "role"] = "\(role)"
        // No worker: 0 of 0.
        let host = PluginHost(
            loop: loop,
            plugins: [settings],
            quarantined: [],
            status: nil,
            services: node,
            workerIndex: 0,
            workerCount: 0,
            logger: logger
        )
        reporter.step(settings.name, "loading")
        do throws(PluginLoadError) {
            try host.load()
        } catch {
            for finding in error.findings {
                reporter.problem(settings.name, finding.key, finding.message)
            }
            return
        }
        if withSelfTest {
            reporter.step(settings.name, "testing itself")
            if let failure = host.selfTest(settings.name) {
                reporter.problem(settings.name, "library", failure)
            }
        }
        for plugin in host.loadedPlugins { reporter.loaded(plugin) }
        reporter.step(settings.name, "ending")
        host.stop()
        withExtendedLifetime(node) {}
    }
}

/// A node that is not there: whatever a plugin asks for while it is checked.
private final class NoNode: PluginServices {
    func call(
        plugin: String,
        method: String,
        parameters: [UInt8],
        then: @escaping (Result<[UInt8], PluginServiceError>) -> Void
    ) {
        then(.failure(PluginServiceError(code: 410, message: "hub unavailable")))
    }

    func send(session: UInt64, data: [UInt8]) -> Bool { false }
    func disconnect(session: UInt64, code: UInt16, reason: String) -> Bool { false }
    func unsubscribe(session: UInt64, channel: String) -> Bool { false }
}

/// Tells the process that asked, a line of JSON at a time.
private final class Reporter {
    private let raw: Int32

    init(_ raw: Int32) {
        self.raw = raw
    }

    func step(_ plugin: String, _ step: String) {
        tell("step", plugin, ["text": step])
    }

    func problem(_ plugin: String, _ key: String, _ message: String) {
        tell("problem", plugin, ["key": key, "text": message])
    }

    func loaded(_ plugin: LoadedPlugin) {
        let hooks = plugin.hooks.sorted { $0.rawValue < $1.rawValue }.map(\.name)
        tell(
            "loaded",
            plugin.name,
            [
                "version": plugin.version, "summary": plugin.summary,
                "hooks": hooks.joined(separator: ","),
                "self_test": plugin.hasSelfTest ? "yes" : "no",
            ]
        )
    }

    func tell(_ kind: String, _ plugin: String, _ fields: [String: String]) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("kind", string: kind)
        writer.member("plugin", string: plugin)
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            writer.member(name, string: value)
        }
        writer.endObject()
        // Whoever asked has gone: nobody to tell.
        try? Socket.sendAll(
            raw,
            writer.bytes + [UInt8(ascii: "\n")],
            until: MonotonicTime.now() + .seconds(1)
        )
    }
}
