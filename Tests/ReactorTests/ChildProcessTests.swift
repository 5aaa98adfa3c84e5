// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import Testing

@Suite struct ChildProcessTests {
    private func end(of child: Int32) throws -> Reactor.ExitStatus {
        while true {
            if let status = ChildProcess.reap(child) { return status }
            usleep(1_000)
        }
    }

    private func run(_ script: String, inheriting: [Int32] = []) throws -> Reactor.ExitStatus {
        try end(
            of: ChildProcess.spawn(
                "/bin/sh",
                arguments: ["sh", "-c", script],
                inheriting: inheriting
            )
        )
    }

    @Test func tellsHowAChildEnded() throws {
        #expect(try run("exit 3") == .exited(3))
        #expect(try run("kill -SEGV $$") == .killed(signal: SIGSEGV))
        #expect(ExitStatus.killed(signal: SIGSEGV).description == "signal SIGSEGV")
        #expect(ExitStatus.exited(3).description == "exit status 3")
    }

    @Test func signalsAChild() throws {
        let child = try ChildProcess.spawn(
            "/bin/sh",
            arguments: ["sh", "-c", "exec sleep 60"],
            inheriting: []
        )
        #expect(ChildProcess.reap(child) == nil)
        ChildProcess.signal(child, SIGTERM)
        #expect(try end(of: child) == .killed(signal: SIGTERM))
    }

    @Test func tellsWhyAProgramCannotRun() {
        let error = #expect(throws: SystemError.self) {
            try ChildProcess.spawn("/nonexistent/tally", arguments: ["x"], inheriting: [])
        }
        #expect(
            error?.description == "start /nonexistent/tally: No such file or directory (ENOENT)"
        )
    }

    @Test func handsOverNamedDescriptorsOnly() throws {
        let file = try File.sealed(Array("exit 5".utf8), name: "test")
        let kept = try file.duplicate()
        let script = "test -e /proc/self/fd/\(file.raw) && ! test -e /proc/self/fd/\(kept.raw)"
        #expect(try run(script, inheriting: [file.raw]) == .exited(0))
        kept.close()
        file.close()
    }

    @Test func givesAChildDefaultSignalsAndNoInput() throws {
        _ = try EventLoop()  // Ignores SIGPIPE here.
        #expect(try run("kill -PIPE $$") == .killed(signal: SIGPIPE))
        #expect(try run("read line") == .exited(1))
    }
}
