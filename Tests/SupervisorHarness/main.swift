// SPDX-License-Identifier: Apache-2.0

// A supervisor whose children do as a test tells them. Started as
//   SupervisorHarness supervise FOLDER ADDRESS WORKERS HUB-SCRIPT WORKER-SCRIPT [TIMING=MS]...
// it supervises itself. A script is what the children get as their configuration:
//   serve      answer every connection with "ROLE INDEX PID\n", end at TERM
//   deaf       serve, but ignore TERM
//   hang       serve, but stop beating (and turning) 100 ms after the start
//   exit N     end at once with this status
//   silent     never say that it serves

import Logging
import Reactor
import StatusPage
import Supervisor

#if canImport(Glibc)
import Glibc
#endif

var arguments = Array(CommandLine.arguments.dropFirst())
guard !arguments.isEmpty else { exit(64) }
let command = arguments.removeFirst()
if let role = ProcessRole(name: command) {
    do {
        let launch = try ChildLaunch(role: role, arguments: arguments)
        try ScriptedChild(launch).run()
    } catch {
        print(error)
        exit(70)
    }
} else {
    exit(supervise(arguments))
}

func supervise(_ arguments: [String]) -> Int32 {
    do {
        var options = SupervisorOptions(
            addresses: [try SocketAddress(parsing: arguments[1])],
            workerCount: Int(arguments[2]) ?? 1,
            dataFolder: arguments[0]
        )
        options.hubConfiguration = Array(arguments[3].utf8)
        options.workerConfiguration = Array(arguments[4].utf8)
        for timing in arguments[5...] {
            let parts = timing.split(separator: "=")
            set(String(parts[0]), .milliseconds(Int(parts[1]) ?? 0), &options.timing)
        }
        var logger = Logger(label: "tally") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .debug
        return try Supervisor(options, logger: logger).run()
    } catch let error as SupervisorError {
        print(error)
        return error.exitStatus
    } catch {
        print(error)
        return 64
    }
}

func set(_ name: String, _ duration: Duration, _ timing: inout SupervisionTiming) {
    switch name {
    case "heartbeat": timing.heartbeatTimeout = duration
    case "start": timing.startTimeout = duration
    case "minimum": timing.minimumBackOff = duration
    case "maximum": timing.maximumBackOff = duration
    case "drain": timing.drainTimeout = duration
    case "hubStop": timing.hubStopTimeout = duration
    default: preconditionFailure(name)
    }
}
