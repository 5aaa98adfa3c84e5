// SPDX-License-Identifier: Apache-2.0

// A supervisor whose children do as a test tells them. Started as
//   SupervisorHarness supervise FOLDER ADDRESS WORKERS HUB-SCRIPT WORKER-SCRIPT [TIMING=MS]...
// it supervises itself. A script is what the children get as their configuration:
//   serve         answer every connection with "ROLE INDEX PID\n", end at TERM; hand over when asked
//   deaf          serve, but ignore TERM
//   hang          serve, but stop beating (and turning) 100 ms after the start
//   exit N        end at once with this status
//   successors N  the same, but only those that replace somebody
//   silent        never say that it serves
//   plugin WORD   serve, but do what crash_faults.h calls so in a plugin's hook 100 ms after the start
//   born WORD     do it in the plugin's `create`, before it serves
// The last two have a plugin "crash-test", and serve while it is in quarantine.
// A file FOLDER.manifest, if there is one when it is loaded again, has the four arguments from ADDRESS
// on, one a line; a line "error TEXT" makes it wrong.

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

func supervise(_ all: [String]) -> Int32 {
    let arguments = all.filter { !$0.hasPrefix("--") }
    let number = all.last.flatMap { Int32($0.drop { $0 != "=" }.dropFirst()) } ?? 0
    var renewal = RenewalOptions()
    renewal.arguments = ["supervise"] + arguments
    renewal.load = { ScriptManifest.load(arguments) }
    var logger = Logger(label: "tally") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .debug
    if all.last?.hasPrefix("--probe=") == true {
        return Supervisor.probe(number) { ScriptManifest.load(arguments) }
    }
    do {
        if all.last?.hasPrefix("--resume=") == true {
            return try Supervisor.resume(number, renewal, logger: logger).run()
        }
        var options = try ScriptManifest.load(arguments).get()
        options.renewal = renewal
        return try Supervisor(options, logger: logger).run()
    } catch let error as SupervisorError {
        print(error)
        return error.exitStatus
    } catch {
        print(error)
        return 64
    }
}
