// SPDX-License-Identifier: Apache-2.0

import CrashTest
import Glibc
import Hooks
import Reactor
import StatusPage

/// A hub or worker that follows its script.
final class ScriptedChild {
    private let launch: ChildLaunch
    private let slot: StatusSlot
    private let script: [String]
    private let loop: EventLoop

    init(_ launch: ChildLaunch) throws {
        self.launch = launch
        let resources = try launch.enter()
        slot = resources.slot
        script = String(decoding: resources.configuration, as: UTF8.self)
            .split(separator: " ").map(String.init)
        loop = try EventLoop()
    }

    func run() throws {
        if script[0] == "born" { actAsPlugin(.create) }
        if script[0] == "exit" { exit(Int32(script[1]) ?? 1) }
        if script[0] == "successors", launch.predecessor != nil { exit(Int32(script[1]) ?? 1) }
        try loop.watchSignals([SIGTERM, SIGUSR1]) { [unowned self] signal in
            note(signal == SIGTERM ? "told" : "retired")
            if script[0] != "deaf" { loop.stop() }
        }
        for listener in launch.listeners {
            _ = try loop.add(
                listener,
                .readable,
                handler: Greeter(listener, "\(launch.identity.role) \(launch.identity.index)")
            )
        }
        if let control = launch.control {
            let heir = Heir(control) { [unowned self] in
                note("handed over")
                loop.stop()
            }
            _ = try loop.add(control, .readable, handler: heir)
        }
        slot.startBeating(on: loop)
        if script[0] != "silent" {
            if let predecessor = launch.predecessor { takeOver(predecessor) }
            slot.setPhase(.serving)
        }
        slot.setConnections(1)
        if script[0] == "hang" {
            loop.schedule(after: .milliseconds(100)) { while true { pause() } }
        }
        if script[0] == "plugin" {
            loop.schedule(after: .milliseconds(100)) { [unowned self] in
                actAsPlugin(.hook(.comment))
            }
        }
        try loop.run()
        note("ended")
    }

    /// This program is the plugin's library, too.
    private func actAsPlugin(_ activity: PluginActivity) {
        guard let place = launch.plugins.first, !place.isQuarantined else { return }
        let fault: @convention(c) (UnsafePointer<CChar>?, UInt64) -> Bool = unsafe crash_fault
        // An address to look up; nobody reads there.
        unsafe StatusSlot.nameLibrary(
            place.number,
            at: unsafeBitCast(fault, to: UnsafeRawPointer.self)
        )
        let outer = slot.enterPlugin(place.number, activity)
        _ = unsafe crash_fault(script[1], 0)
        slot.leavePlugin(outer)
    }

    /// Asks the old process, which ends when it has answered.
    private func takeOver(_ predecessor: Int32) {
        let deadline = MonotonicTime.now() + .seconds(10)
        var buffer = [UInt8](repeating: 0, count: 64)
        var descriptors: [Int32] = []
        do {
            try Socket.sendAll(predecessor, Array("ask".utf8), until: deadline)
            let count = try Socket.receive(
                predecessor,
                into: &buffer,
                descriptors: &descriptors,
                until: deadline
            )
            note(count == 0 ? "alone" : "took over")
        } catch {
            note("alone")
        }
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

/// The old process's side of a hand-over.
private final class Heir: EventHandler {
    private let control: Int32
    private let done: () -> Void

    init(_ control: Int32, done: @escaping () -> Void) {
        self.control = control
        self.done = done
    }

    func handle(_ readiness: Readiness) {
        var buffer = [UInt8](repeating: 0, count: 64)
        guard case .transferred = Socket.receive(control, into: &buffer) else { return }
        _ = Socket.send(control, Array("go".utf8), from: 0)
        done()
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
