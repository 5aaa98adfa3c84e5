// SPDX-License-Identifier: Apache-2.0

import Reactor

/// Takes connections from one listening socket, which somebody else owns.
final class Listener: EventHandler {
    private let raw: Int32
    private let server: WebServer
    private let traits: ListenerTraits
    private var registration: Registration?

    init(_ raw: Int32, _ traits: ListenerTraits, _ server: WebServer) {
        self.raw = raw
        self.traits = traits
        self.server = server
    }

    func start() throws(SystemError) {
        // What it accepts has the option from it, without a system call for each.
        Socket.setNoDelay(raw)
        registration = try server.loop.add(raw, .readable, handler: self)
    }

    func stop() {
        guard let registration else { return }
        server.loop.remove(registration)
        self.registration = nil
    }

    /// While descriptors are exhausted the socket stays readable: watching it would spin.
    func setAccepting(_ isAccepting: Bool) {
        guard let registration else { return }
        server.loop.modify(registration, isAccepting ? .readable : [])
    }

    func handle(_ readiness: Readiness) {
        for _ in 0..<WebServerLimits.maximumAcceptCountPerTurn {
            guard server.mayAccept() else { return }
            switch Socket.accept(raw) {
            case .accepted(let accepted):
                server.admit(accepted, traits)
            case .wouldBlock:
                server.acceptedNobody()
                return
            case .descriptorsExhausted:
                server.acceptedNobody()
                server.pauseAccepting()
                return
            case .failed:
                server.acceptedNobody()
                server.pauseAccepting()
                return
            }
        }
    }
}
