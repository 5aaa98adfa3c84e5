// SPDX-License-Identifier: Apache-2.0

import Hooks
import JSON
import Manifest
import Reactor
import TestSupport
import Testing

@testable import PluginHost

/// What a plugin may ask, where, how much of it, and what it is told otherwise.
@Suite struct HostFunctionTests {
    @Test func refusesTheLoopsFunctionsOnOtherThreads() throws {
        #expect(try TestHost().status(#"{"do":"wrong-thread"}"#) == 1)
    }

    @Test func refusesWhatIsNoArgument() throws {
        let test = try TestHost()
        #expect(try test.rpc(#"{"do":"null-arguments"}"#)["at"]?.integer == nil)
        #expect(try test.status(#"{"do":"null-arguments"}"#) == 2)
        #expect(test.node.calls.isEmpty && test.node.sent.isEmpty)
    }

    @Test func saysWhichWorkerItIs() throws {
        let numbers = try TestHost().rpc(#"{"do":"worker"}"#).elements.compactMap(\.integer)
        #expect(numbers == [2, 4])
    }

    @Test func givesTheSettings() throws {
        let settings = Array(#"{"words":["aa","bb"],"limit":3}"#.utf8)
        let test = try TestHost { $0.settings = settings }
        #expect(try test.rpc(#"{"do":"settings"}"#).serialized() == settings)
    }

    @Test func hasNoExtensions() throws {
        #expect(try TestHost().status(#"{"do":"extension"}"#) == 0)
    }

    // MARK: Timers

    @Test func aTimerFiresOnceOrAgainAndAgain() throws {
        let test = try TestHost()
        #expect(try test.status(#"{"do":"timer","after":1,"every":0}"#) == 0)
        #expect(try test.notes(count: 1) == ["timer"])
        #expect(try test.status(#"{"do":"cancel"}"#) == 3)
        #expect(try test.status(#"{"do":"timer","after":1,"every":1}"#) == 0)
        #expect(try test.notes(count: 3).count >= 3)
        #expect(try test.status(#"{"do":"cancel"}"#) == 0)
        #expect(try test.status(#"{"do":"cancel"}"#) == 3)
    }

    @Test func aTimerMayEndItself() throws {
        let test = try TestHost()
        #expect(try test.status(#"{"do":"self-cancelling-timer"}"#) == 0)
        #expect(try test.notes(count: 1) == ["cancelled 0"])
        try test.loop.runOnce(maximumWait: .milliseconds(20))
        #expect(try test.notes().isEmpty)
    }

    @Test func limitsTimers() throws {
        let answer = try TestHost().rpc(#"{"do":"many-timers"}"#)
        #expect(answer["status"]?.integer == 4)
        #expect(answer["count"]?.integer == Int64(PluginLimits.maximumTimers))
    }

    // MARK: Threads

    @Test func runsOnTheLoopAfterTheCall() throws {
        let test = try TestHost()
        #expect(try test.status(#"{"do":"run-on-loop"}"#) == 0)
        #expect(try test.notes(count: 2) == ["called", "ran"])
    }

    @Test func limitsWhatWaitsForTheLoop() throws {
        let test = try TestHost()
        let answer = try test.rpc(#"{"do":"many-run-on-loop"}"#)
        #expect(answer["status"]?.integer == 4)
        #expect(answer["count"]?.integer == Int64(PluginLimits.maximumLoopRequests))
        // All that was accepted is carried out, and then there is room again.
        #expect(try test.notes(count: PluginLimits.maximumLoopRequests).count == 4_096)
        #expect(try test.status(#"{"do":"run-on-loop"}"#) == 0)
    }

    @Test func worksOffTheLoopAndComesBack() throws {
        let test = try TestHost()
        #expect(try test.status(#"{"do":"run-off-loop"}"#) == 0)
        #expect(try test.notes(count: 1) == ["worked"])
    }

    @Test func limitsJobs() throws {
        let test = try TestHost()
        let answer = try test.rpc(#"{"do":"many-jobs"}"#)
        #expect(answer["status"]?.integer == 4)
        #expect(answer["count"]?.integer == Int64(PluginLimits.maximumJobs))
        _ = try test.wait {
            (try? test.status(#"{"do":"run-off-loop"}"#)) == 0 ? true : nil
        }
        #expect(try test.notes(count: 1) == ["worked"])
    }

    // MARK: The node

    @Test func asksTheNodeAndIsAnswered() throws {
        let test = try TestHost()
        let data = #"{"do":"call","name":"live.get","parameters":{"stream":"a"}}"#
        #expect(try test.status(data) == 0)
        let call = try #require(test.node.calls.first)
        #expect((call.plugin, call.method) == ("scripted", "live.get"))
        #expect(call.parameters == #"{"stream":"a"}"#)
        call.then(.success(Array(#"{"x":1}"#.utf8)))
        // A second answer finds nobody.
        call.then(.success([]))
        #expect(try test.notes() == ["called", #"call 0  {"x":1}"#])
        #expect(try test.status(data) == 0)
        test.node.calls[1].then(.failure(PluginServiceError(code: 404, message: "unknown")))
        #expect(try test.notes() == ["called", "call 404 unknown -"])
    }

    @Test func isNeverAnsweredBeforeItsCallReturned() throws {
        let test = try TestHost()
        test.node.answersAtOnce = true
        #expect(try test.status(#"{"do":"call","name":"x"}"#) == 0)
        #expect(try test.notes(count: 2) == ["called", #"call 0  {"at":"once"}"#])
    }

    @Test func limitsCallsOfTheNode() throws {
        let answer = try TestHost().rpc(#"{"do":"many-calls"}"#)
        #expect(answer["status"]?.integer == 4)
        #expect(answer["count"]?.integer == Int64(PluginLimits.maximumNodeCalls))
    }

    @Test func reachesClientsOfItsWorker() throws {
        let test = try TestHost()
        #expect(try test.status(#"{"do":"send","session":7,"message":{"a":[1]}}"#) == 0)
        #expect(test.node.sent.map(\.data) == [#"{"a":[1]}"#])
        #expect(try test.status(#"{"do":"send","session":8,"message":1}"#) == 3)
        let disconnect = #"{"do":"disconnect","session":7,"code":4999,"reason":"bye"}"#
        #expect(try test.status(disconnect) == 0)
        #expect(test.node.disconnected.map(\.code) == [4_999])
        #expect(test.node.disconnected.map(\.reason) == ["bye"])
        #expect(try test.status(#"{"do":"unsubscribe","session":7,"channel":"news"}"#) == 0)
        #expect(try test.status(#"{"do":"unsubscribe","session":9,"channel":"news"}"#) == 3)
    }

    // MARK: Log and numbers

    @Test func logsWithItsNameAndItsFields() throws {
        let test = try TestHost()
        let fields = #"{"n":1,"t":"x","plugin":"fake","deep":{}}"#
        let line = #"{"do":"log","level":2,"text":"hello","fields":\#(fields)}"#
        #expect(try test.status(line) == 0)
        #expect(test.log.lines.last == "warning plugin says n=1 plugin=scripted t=x text=hello")
    }

    @Test func limitsLogLinesASecond() throws {
        let test = try TestHost()
        var statuses: [Int64?] = []
        for _ in 0...PluginLimits.logLinesPerSecond {
            statuses.append(try test.status(#"{"do":"log","level":1,"text":"x"}"#))
        }
        let said = test.log.lines.filter { $0.contains("plugin says") }
        // The machine may be so slow that a second passes in between.
        #expect(said.count == statuses.count { $0 == 0 })
        #expect(statuses.allSatisfy { $0 == 0 || $0 == 4 })
        #expect(statuses.prefix(PluginLimits.logLinesPerSecond).allSatisfy { $0 == 0 })
    }

    @Test func cutsALongLogLine() throws {
        let test = try TestHost()
        let most = PluginLimits.maximumLogMessageByteCount
        for count in [most, most + 1] {
            let text = String(repeating: "x", count: count)
            #expect(try test.status(#"{"do":"log","level":1,"text":"\#(text)"}"#) == 0)
            // On a slow machine the call itself is slow, which the host logs after it.
            let said = test.log.lines.last { $0.contains("plugin says") }
            #expect(said?.hasSuffix("text=" + text.prefix(most)) == true)
        }
    }

    @Test func limitsItsNumbers() throws {
        let test = try TestHost()
        for index in 0..<PluginLimits.maximumNumbers {
            #expect(try test.status(#"{"do":"count","name":"n\#(index)"}"#) == 0)
        }
        #expect(try test.status(#"{"do":"count","name":"more"}"#) == 4)
        #expect(try test.status(#"{"do":"count","name":"n1"}"#) == 0)
        // A counter is no gauge.
        #expect(try test.status(#"{"do":"gauge","name":"n1"}"#) == 2)
        let longest = String(repeating: "a", count: PluginLimits.maximumNumberNameByteCount)
        let other = try TestHost()
        #expect(try other.status(#"{"do":"gauge","name":"\#(longest)"}"#) == 0)
        #expect(try other.status(#"{"do":"gauge","name":"\#(longest)a"}"#) == 2)
    }

    // MARK: HTTP

    private func http(_ path: String, _ test: TestHost) throws -> String {
        var subject = TestHost.subject("{}")
        subject.http = HookHTTPRequest(
            method: "POST",
            path: path,
            query: "a=b",
            headers: [("x-one", "1")],
            body: Array("body".utf8)
        )
        let answer = Answer()
        test.host.decide(.http, subject, plugin: "scripted") { answer.outcomes.append($0) }
        return try test.wait { answer.outcomes.first }.text
    }

    @Test func answersHTTP() throws {
        let test = try TestHost { $0.onTimeout = .reject }
        #expect(try http("/nothing", test) == "answered 204  ")
        #expect(try http("/plain", test) == "answered 201 text/plain X-Thing=1 hello")
        #expect(
            try http("/reject", test)
                == #"answered 403 application/json {"code":1001,"message":"no"}"#
        )
        let described = try http("/describe", test)
        #expect(described.hasPrefix("answered 200 application/json {"))
        #expect(
            described.hasSuffix(
                #""method":"POST","path":"/describe","query":"a=b","headers":{"x-one":"1"},"#
                    + #""body":"body"}"#
            )
        )
    }

    @Test(arguments: ["/bad-header", "/framing", "/bad-status"])
    func sendsNoResponseThatCouldBreakTheMessage(_ path: String) throws {
        let test = try TestHost { $0.onTimeout = .reject }
        #expect(try http(path, test).hasPrefix("answered 503 application/json"))
    }

    // MARK: The end

    @Test func endsInOrderAndAcceptsNothingMeanwhile() throws {
        let trace = try ScriptedPlugin.file("trace", [])
        let test = try TestHost {
            $0.settings = Array(#"{"trace":"\#(trace)"}"#.utf8)
        }
        #expect(try test.status(#"{"do":"run-on-loop"}"#) == 0)
        #expect(try test.status(#"{"do":"run-off-loop"}"#) == 0)
        #expect(try test.status(#"{"do":"call","name":"x"}"#) == 0)
        #expect(try test.status(#"{"do":"timer","after":1,"every":1}"#) == 0)
        test.host.stop()
        // Requests, calls and jobs are carried out before; 5 is TALLY_CLOSED.
        let line = try ScriptedPlugin.text(of: trace).dropLast().split(separator: ", ")
        #expect(line.first == "scripted destroyed 5 5")
        #expect(
            line.dropFirst().sorted() == [
                "call 410 worker is ending -", "called", "called", "ran", "worked",
            ]
        )
        test.host.stop()
    }

    @Test func doesNotDestroyUnderARunningJob() throws {
        let trace = try ScriptedPlugin.file("trace", [])
        let test = try TestHost {
            $0.settings = Array(#"{"trace":"\#(trace)"}"#.utf8)
            $0.stopTimeout = .milliseconds(50)
        }
        #expect(try test.status(#"{"do":"block-off-loop","milliseconds":500}"#) == 0)
        test.host.stop()
        #expect(try ScriptedPlugin.text(of: trace) == "")
        #expect(test.log.lines.contains { $0.contains("did not end in time") })
    }

    @Test func aSlowCallIsWarnedOf() throws {
        let test = try TestHost { $0.slowCall = .milliseconds(5) }
        _ = try test.decide(.comment, #"{"do":"slow","milliseconds":20}"#)
        #expect(
            test.log.lines.contains {
                $0.contains("slow calls of a plugin") && $0.contains("hook=comment")
            }
        )
    }
}
