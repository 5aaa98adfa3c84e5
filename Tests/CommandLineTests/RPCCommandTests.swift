// SPDX-License-Identifier: Apache-2.0

import Testing

/// A plugin's methods need no command of their own.
@Suite struct RPCCommandTests {
    @Test func callsMethodsAndPrintsTheirResults() throws {
        let server = try RunningServer(workers: 1)
        let started = try server.run("rpc", "live.start", #"{"stream":"show","keep":true}"#)
        #expect(started.status == 0)
        #expect(started.output.contains(#""state":"live""#))
        #expect(try server.run("rpc", "live.list").output.contains(#""stream":"show""#))

        let unknown = try server.run("rpc", "nobody.knows")
        #expect(unknown.status == 1)
        #expect(unknown.errors.contains("tally plugin list"))
        #expect(try server.run("rpc", "live.get", "show").status == 64)
        #expect(try server.run("stream", "key", "create", "show").status == 1)
        #expect(try server.terminate() == 0)
    }
}
