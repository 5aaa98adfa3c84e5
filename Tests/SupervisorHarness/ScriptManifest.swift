// SPDX-License-Identifier: Apache-2.0

import Reactor
import Supervisor

/// What the harness supervises, from its arguments or from the file beside the data folder.
enum ScriptManifest {
    static func load(_ arguments: [String]) -> Result<SupervisorOptions, LoadingFailure> {
        var values = Array(arguments[1...4])
        let manifest = text(ofFile: arguments[0] + ".manifest")
        if let manifest {
            values = manifest.split(separator: "\n").map(String.init)
            if manifest.hasPrefix("error") {
                return .failure(LoadingFailure(exitStatus: 78, problems: values))
            }
        }
        guard let address = try? SocketAddress(parsing: values[0]) else {
            return .failure(LoadingFailure(exitStatus: 78, problems: ["address"]))
        }
        var options = SupervisorOptions(
            addresses: [address],
            workerCount: Int(values[1]) ?? 1,
            dataFolder: arguments[0]
        )
        options.hubConfiguration = Array(values[2].utf8)
        options.workerConfiguration = Array(values[3].utf8)
        if values[3].hasPrefix("plugin") || values[3].hasPrefix("born") {
            options.plugins = [plugin(script: values[3])]
        }
        for timing in arguments[5...] {
            let parts = timing.split(separator: "=")
            set(String(parts[0]), .milliseconds(Int(parts[1]) ?? 0), &options.timing)
        }
        return .success(options)
    }

    /// This program, whose functions do what plugins must not.
    private static func plugin(script: String) -> SupervisedPlugin {
        let path = OwnProcess.startPath ?? ""
        return SupervisedPlugin(
            name: "crash-test",
            library: path,
            libraryIdentity: (try? File.identity(File.open(path, for: .reading))) ?? "",
            manifest: script,
            quarantineDeaths: 3,
            quarantineWindow: .seconds(600)
        )
    }

    private static func text(ofFile path: String) -> String? {
        guard let file = try? File.open(path, for: .reading),
            let bytes = try? File.read(file, maximumByteCount: 4_096)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func set(_ name: String, _ duration: Duration, _ timing: inout SupervisionTiming)
    {
        switch name {
        case "heartbeat": timing.heartbeatTimeout = duration
        case "start": timing.startTimeout = duration
        case "minimum": timing.minimumBackOff = duration
        case "maximum": timing.maximumBackOff = duration
        case "drain": timing.drainTimeout = duration
        case "hubStop": timing.hubStopTimeout = duration
        case "successor": timing.successorTimeout = duration
        case "probe": timing.probeTimeout = duration
        default: preconditionFailure(name)
        }
    }
}
