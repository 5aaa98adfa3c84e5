// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
package import Reactor

/// A process that is viewers, and does what the one that measures tells it over a socket.
package final class LoadProcess {
    /// The first argument of such a process; the second is the socket's number.
    package static let subcommand = "bench-load"
    /// The socket, standard streams, the loop and what a runtime opens.
    package static let ownDescriptorCount = 32

    private let loop: EventLoop
    private let link: ControlLink
    private var crowd: LoadCrowd?

    private init(socket: consuming Descriptor) throws(SystemError) {
        loop = try EventLoop()
        link = try ControlLink(loop: loop, socket: socket)
    }

    /// Runs until the other side is gone.
    package static func run(arguments: [String]) throws(SystemError) {
        guard let text = arguments.first, let raw = Int32(text), raw > 2 else {
            throw SystemError(operation: "load without a socket", code: EINVAL)
        }
        // Handed over by the process that started this one; a number that is no descriptor is refused.
        try File.setCloseOnExec(raw)
        OwnProcess.raiseDescriptorLimit()
        let process = try LoadProcess(socket: Descriptor(owning: raw))
        process.link.onLine = { [unowned process] line in
            guard let line else {
                process.loop.stop()
                return
            }
            process.perform(line)
        }
        try process.loop.run()
    }

    private func perform(_ order: JSONValue) {
        switch order["do"]?.string {
        case "begin": crowd = LoadTarget(order).map { LoadCrowd(loop: loop, target: $0) }
        case "gather":
            crowd?.gather(
                Int(order["count"]?.integer ?? 0),
                concurrency: Int(order["concurrency"]?.integer ?? 1)
            )
        case "drop": crowd?.drop()
        case "recover": crowd?.recoverFromNowOn()
        case "reset": crowd?.counts.reset()
        case "report": report()
        default: loop.stop()
        }
    }

    private func report() {
        var counts = crowd?.counts ?? LoadCounts()
        counts.processorTime = (try? ProcessorTime.ofProcess(Int(OwnProcess.identifier))) ?? 0
        link.send { counts.writeMembers(to: &$0) }
    }
}
