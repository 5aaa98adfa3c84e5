// SPDX-License-Identifier: Apache-2.0

import Hooks
import JSON
import Manifest
import Reactor
import TestSupport
import Testing

@testable import PluginHost

/// What a hook answers is what the worker gets, whatever it answers.
@Suite struct DecidingTests {
    @Test func asksOnlyForHooksThatAreThere() throws {
        let test = try TestHost()
        #expect(test.host.implements(.comment))
        #expect(!test.host.implements(.subscribe))
        #expect(test.host.implements(.rpc, plugin: "scripted"))
        #expect(!test.host.implements(.rpc, plugin: "other"))
        #expect(try test.decide(.subscribe, "{}").text == "allowed")
    }

    @Test func callsNoHookThatTheManifestLeavesOut() throws {
        let test = try TestHost { $0.hooks = [.rpc] }
        #expect(!test.host.implements(.comment))
        #expect(test.host.implements(.rpc))
    }

    @Test func tellsWhoAndWhat() throws {
        let test = try TestHost()
        #expect(
            try test.decide(.comment, #"{"do":"describe"}"#).text
                == #"allowed {"session":7,"user":"anna","client":"c-1","name":"Anna","#
                + #""address":"192.0.2.1","info":{"plan":"gold"},"channel":"live:show","#
                + #""stream":"show","permissions":5,"sized":true,"dated":true}"#
        )
    }

    @Test(arguments: [
        (#"{}"#, "allowed"),
        (#"{"do":"replace","text":"a"}"#, #"allowed {"do":"replace","text":"a+scripted"}"#),
        (#"{"do":"replace-with-nothing"}"#, "allowed {}"),
        (#"{"do":"reject","code":1000,"message":"no"}"#, "rejected 1000 no"),
        (#"{"do":"reject","code":1999,"message":"no"}"#, "rejected 1999 no"),
        (#"{"do":"reject","code":405,"message":"no"}"#, "rejected 405 no"),
        (#"{"do":"reject-without-message"}"#, "rejected 405 "),
        (#"{"do":"pending-in-thread"}"#, #"allowed {"text":"from a thread"}"#),
        (#"{"do":"pending-answered-inside"}"#, "rejected 1234 early"),
    ])
    func passesOnTheVerdict(_ data: String, _ expected: String) throws {
        let test = try TestHost { $0.onTimeout = .reject }
        #expect(try test.decide(.comment, data).text == expected)
    }

    @Test(arguments: [
        #"{"do":"verdict","verdict":4}"#, #"{"do":"verdict","verdict":-1}"#,
        #"{"do":"reject","code":999,"message":"no"}"#,
        #"{"do":"reject","code":2000,"message":"no"}"#,
        #"{"do":"reject","code":-1,"message":"no"}"#,
        #"{"do":"replace-with-number"}"#,
    ])
    func answersByTheManifestForAVerdictThatIsNone(_ data: String) throws {
        let failing = try TestHost { $0.onTimeout = .reject }
        #expect(try failing.decide(.comment, data).text == "rejected 405 a plugin failed")
        let open = try TestHost()
        #expect(try open.decide(.comment, data).text == "allowed")
        #expect(open.log.lines.contains { $0.contains("did not answer") })
    }

    @Test func cutsARejectionAtACharactersBorder() throws {
        let test = try TestHost()
        let message = String(repeating: "x", count: 254) + "é"
        let outcome = try test.decide(
            .comment,
            #"{"do":"reject","code":1001,"message":"\#(message)"}"#
        )
        #expect(outcome.text == "rejected 1001 " + String(repeating: "x", count: 254))
    }

    @Test func refusesAReplacementBeyondItsLimit() throws {
        let test = try TestHost()
        // {"t":"..."} takes 8 bytes more.
        let most = PluginLimits.maximumAnswerByteCount - 8
        let fits = try test.decide(.comment, #"{"do":"replace-with-much","size":\#(most)}"#)
        #expect(fits.text.utf8.count == "allowed ".utf8.count + most + 8)
        let over = try test.decide(.comment, #"{"do":"replace-with-much","size":\#(most + 1)}"#)
        #expect(over.text == "rejected 405 a plugin's answer is too large")
    }

    @Test func anRPCMayAnswerAnyValue() throws {
        let test = try TestHost()
        #expect(try test.rpc(#"{"do":"last-ticket"}"#).integer == 0)
    }

    // MARK: Chains

    private func chain() throws -> TestHost {
        var first = try TestHost.scripted()
        first.name = "first"
        first.library = try ScriptedPlugin.path(#"-DNAME="first""#)
        first.order = 1
        var second = try TestHost.scripted()
        second.name = "second"
        second.library = try ScriptedPlugin.path(#"-DNAME="second""#)
        second.order = 2
        return try TestHost([second, first])
    }

    @Test func asksInOrderAndFeedsWhatWasReplacedToTheNext() throws {
        #expect(
            try chain().decide(.comment, #"{"do":"replace","text":"a"}"#).text
                == #"allowed {"do":"replace","text":"a+first+second"}"#
        )
    }

    @Test func endsWithTheFirstRejection() throws {
        let test = try chain()
        #expect(
            try test.decide(.comment, #"{"do":"reject","code":1001,"message":"no"}"#).text
                == "rejected 1001 no"
        )
    }

    @Test func asksTheNextAfterAPendingAnswer() throws {
        let test = try chain()
        // Both answer {"text":"from a thread"}; the second is asked with that, which does nothing.
        #expect(
            try test.decide(.comment, #"{"do":"pending-in-thread"}"#).text
                == #"allowed {"text":"from a thread"}"#
        )
    }

    @Test func asksOnlyTheNamedPlugin() throws {
        let test = try chain()
        #expect(
            try test.decide(.comment, #"{"do":"replace","text":"a"}"#, plugin: "second").text
                == #"allowed {"do":"replace","text":"a+second"}"#
        )
    }

    // MARK: Quarantine

    @Test func aManifestAnswersForAPluginInQuarantine() throws {
        let open = try TestHost([try TestHost.scripted()], quarantined: ["scripted"])
        #expect(try open.decide(.comment, "{}").text == "allowed")
        let closed = try TestHost(
            [
                try TestHost.scripted {
                    $0.whenQuarantined = .reject
                    $0.hooks = [.comment, .http]
                }
            ],
            quarantined: ["scripted"]
        )
        #expect(closed.host.implements(.comment))
        #expect(!closed.host.implements(.connect))
        #expect(
            try closed.decide(.comment, "{}").text == "rejected 405 a plugin is in quarantine"
        )
        #expect(try closed.decide(.http, "{}").text.hasPrefix("answered 503 application/json"))
    }
}
