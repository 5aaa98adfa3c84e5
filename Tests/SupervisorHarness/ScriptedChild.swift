// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import StatusPage

/// A hub or worker that follows its script.
final class ScriptedChild {
    private let launch: ChildLaunch
    private let slot: StatusSlot
    private let script: [String]
    private let loop: EventLoop
    private var isServing = false

    init(_ launch: ChildLaunch) throws {
        self.launch = launch
        let resources = try launch.enter()
        slot = resources.slot
        script = String(decoding: resources.configuration, as: UTF8.self)
            .split(separator: " ").map(String.init)
        loop = try EventLoop()
    }

    func run() throws {
        if script[0] == "exit" { exit(Int32(script[1]) ?? 1) }
        try loop.watchSignals([SIGTERM]) { [unowned self] _ in
            note("told")
            if script[0] != "deaf" { loop.stop() }
        }
        for listener in launch.listeners {
            _ = try loop.add(
                listener,
                .readable,
                handler: Greeter(listener, "\(launch.identity.role) \(launch.identity.index)")
            )
        }
        slot.startBeating(on: loop)
        if script[0] != "silent" { slot.setPhase(.serving) }
        slot.setConnections(1)
        if script[0] == "hang" {
            loop.schedule(after: .milliseconds(100)) { while true { pause() } }
        }
        try loop.run()
        note("ended")
    }

    /// Appends to a file of the data folder, in which the test sees the order of things.
    private func note(_ event: String) {
        let path = launch.dataFolder + "/events"
        let raw = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        let line = Array("\(launch.identity) \(event)\n".utf8)
        _ = unsafe write(raw, line, line.count)
        close(raw)
    }
}

/// Tells whoever connects who it is, and lets them go.
private final class Greeter: EventHandler {
    private let listener: Int32
    private let greeting: [UInt8]

    init(_ listener: Int32, _ name: String) {
        self.listener = listener
        greeting = Array("\(name) \(OwnProcess.identifier)\n".utf8)
    }

    func handle(_ readiness: Readiness) {
        while case .accepted(let connection) = Socket.accept(listener) {
            _ = Socket.send(connection.descriptor.raw, greeting, from: 0)
        }
    }
}
