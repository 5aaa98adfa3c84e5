// SPDX-License-Identifier: Apache-2.0

import TallyPlugin
import TallyPluginTesting
import Testing

/// Every kind of hook, through the C interface, as Tally calls it.
@Suite struct HookTests {
    @Test func decidesAtOnce() async throws {
        let host = try await TestHost(Sample.self)
        #expect(await host.comment("fine") == .allowed)
        #expect(await host.comment("bad") == .rejected(code: 1_500, message: "no"))
        #expect(await host.comment("who") == .replaced(["text": "ana in show"]))
    }

    @Test func decidesLaterFromTheLoopAndFromElsewhere() async throws {
        let host = try await TestHost(Sample.self)
        #expect(await host.rpc("elsewhere") == .replaced(55))
        #expect(await host.rpc("work") == .replaced(500_500))
        #expect(await host.rpc("loop") == .replaced(true))
        #expect(await host.rpc("none") == .rejected(code: 1_404, message: "no such method"))
        #expect(await host.call(.publish, ["data": [1]]) == .replaced(["data": ["was": [1]]]))
    }

    /// An asynchronous hook that waits for nothing costs no way through the loop.
    @Test func answersAtOnceWhatNeedsNoWait() async throws {
        let host = try await TestHost(Sample.self)
        _ = await host.rpc("none")
        #expect(await host.record.deferrals == 0)
        _ = await host.rpc("work")
        #expect(await host.record.deferrals == 1)
    }

    @Test func keepsAndReadsTheStore() async throws {
        let host = try await TestHost(Sample.self)
        #expect(await host.rpc("count") == .replaced(["count": 1]))
        #expect(await host.rpc("count") == .replaced(["count": 2]))
    }

    @Test func handsOverWhatTheNodeRefuses() async throws {
        let host = try await TestHost(Sample.self) { _, _ in
            .failure(.refused(code: 404, message: "unknown stream"))
        }
        guard case .rejected(405, let message) = await host.rpc("fail") else {
            Issue.record("not rejected")
            return
        }
        #expect(message.contains("unknown stream"))
        #expect(
            await host.record.calls == [
                TestRecord.NodeCall(method: "live.stop", parameters: ["stream": "none"])
            ]
        )
    }

    @Test func answersHTTP() async throws {
        let host = try await TestHost(Sample.self)
        let request = HTTPRequest(
            method: "POST",
            path: "/hello",
            headers: ["x-kind": "test"],
            body: Array("body".utf8)
        )
        #expect(
            await host.call(.http, http: request)
                == .responded(
                    status: 201,
                    contentType: "text/plain; charset=utf-8",
                    body: "POST test body"
                )
        )
        let other = HTTPRequest(method: "GET", path: "/")
        #expect(
            await host.call(.http, http: other) == .rejected(code: 1_404, message: "nothing here")
        )
    }

    @Test func makesSomebodyOfAGuest() async throws {
        let host = try await TestHost(Sample.self)
        #expect(await host.call(.connect, ["token": true]) == .allowed)
        #expect(
            await host.call(.connect, ["token": false])
                == .replaced(["user": "guest", "channels": ["news"]])
        )
    }

    @Test func seesNotifications() async throws {
        let host = try await TestHost(Sample.self)
        _ = await host.call(.commented, ["id": "c1", "text": "hi", "offset": 7, "epoch": "e"])
        _ = await host.call(.started, ["id": "1", "snapshot": ["generation": 3]])
        _ = await host.call(.tick)
        let record = await host.record
        #expect(
            record.log == [
                TestRecord.Line(level: .debug, message: "comment seen", fields: ["offset": 7])
            ]
        )
        #expect(record.gauges == ["generation": 3, "ticks": 1])
    }

    /// Without its protocol a hook is null in the descriptor, so the host never calls it.
    @Test func leavesOutWhatTheTypeDoesNotHave() async throws {
        let host = try await TestHost(Sample.self)
        #expect(await host.call(.subscribe, [:]) == .allowed)
        #expect(await host.call(.viewers, ["viewers": 1]) == .allowed)
    }

    @Test func runsTimers() async throws {
        let host = try await TestHost(Sample.self)
        _ = await host.rpc("later")
        await host.advance(by: .seconds(4))
        #expect(await host.record.counters == ["each": 4])
        await host.advance(by: .seconds(10))
        #expect(await host.record.counters == ["each": 14, "late": 1])
        await host.stop()
    }
}
