// SPDX-License-Identifier: Apache-2.0

import Hooks
import JSON
import Manifest
import Reactor
import TestSupport
import Testing

@testable import PluginHost

/// An answer that comes later fits once, in time, and for nobody else.
@Suite struct PendingTests {
    private func ticket(_ test: TestHost) throws -> Int64 {
        try #require(try test.rpc(#"{"do":"last-ticket"}"#).integer)
    }

    @Test func waitsForTheAnswerAndTakesItOnce() throws {
        let test = try TestHost()
        let answer = test.begin(.comment, #"{"do":"pending"}"#)
        #expect(answer.outcomes.isEmpty)
        let ticket = try ticket(test)
        let reject = #"{"do":"answer","verdict":2,"ticket":\#(ticket)}"#
        #expect(try test.status(reject) == 0)
        #expect(answer.outcomes.map(\.text) == ["rejected 405 later"])
        // Twice.
        #expect(try test.status(reject) == 3)
        #expect(try test.status(#"{"do":"answer-in-thread","ticket":\#(ticket)}"#) == 0)
        try test.loop.runOnce(maximumWait: .milliseconds(100))
        #expect(answer.outcomes.count == 1)
    }

    @Test(arguments: [0, 999_999, Int64.max])
    func refusesATicketThatIsMadeUp(_ ticket: Int64) throws {
        let test = try TestHost()
        let answer = test.begin(.comment, #"{"do":"pending"}"#)
        #expect(try test.status(#"{"do":"answer-null","ticket":\#(ticket)}"#) == 3)
        #expect(answer.outcomes.isEmpty)
    }

    @Test func refusesTheTicketOfAnotherPlugin() throws {
        let other = try TestHost.scripted {
            $0.name = "other"
            $0.hooks = [.comment]
        }
        var named = other
        named.library = try ScriptedPlugin.path(#"-DNAME="other""#)
        let test = try TestHost([try TestHost.scripted { $0.hooks = [.rpc] }, named])
        let answer = test.begin(.comment, #"{"do":"pending"}"#)
        // The host numbers tickets for all plugins, so one of the first few is the other's.
        for ticket in 1...20 {
            #expect(try test.status(#"{"do":"answer-null","ticket":\#(ticket)}"#) == 3)
        }
        #expect(answer.outcomes.isEmpty)
    }

    @Test func theManifestAnswersAtTheDeadlineAndWhatComesLaterIsDropped() throws {
        for fallback in [PluginSettings.Fallback.allow, .reject] {
            let test = try TestHost {
                $0.deadlines[.comment] = .milliseconds(20)
                $0.onTimeout = .allow
                $0.hookOnTimeout[.comment] = fallback
            }
            let answer = test.begin(.comment, #"{"do":"pending"}"#)
            let outcome = try test.wait { answer.outcomes.first }
            #expect(
                outcome.text
                    == (fallback == .allow
                        ? "allowed" : "rejected 405 a plugin did not answer in time")
            )
            let ticket = try ticket(test)
            #expect(try test.status(#"{"do":"answer-null","ticket":\#(ticket)}"#) == 3)
            #expect(answer.outcomes.count == 1)
        }
    }

    @Test func onePendingCallDoesNotHoldUpAnother() throws {
        let test = try TestHost()
        let waiting = test.begin(.comment, #"{"do":"pending"}"#)
        #expect(try test.decide(.comment, #"{"do":"replace","text":"b"}"#).text.contains("b+"))
        #expect(waiting.outcomes.isEmpty)
    }

    @Test func anAnswerFromWithinTheCallCountsOnce() throws {
        let test = try TestHost()
        _ = try test.decide(.comment, #"{"do":"pending-answered-inside"}"#)
        #expect(try test.notes() == ["first 0", "second 3"])
    }

    @Test func anAnswerThatIsNoneLeavesTheCallWaiting() throws {
        let test = try TestHost()
        let answer = test.begin(.comment, #"{"do":"pending"}"#)
        let ticket = try ticket(test)
        for wrong in [#""verdict":3"#, #""verdict":9"#, #""verdict":0,"grown":1"#] {
            let data = #"{"do":"answer","ticket":\#(ticket),\#(wrong)}"#
            #expect(try test.status(data) == 2)
        }
        #expect(answer.outcomes.isEmpty)
        #expect(try test.status(#"{"do":"answer-null","ticket":\#(ticket)}"#) == 0)
        #expect(answer.outcomes.map(\.text) == ["allowed"])
    }

    @Test func whatIsStillPendingAtTheEndIsAnsweredByTheManifest() throws {
        let test = try TestHost { $0.onTimeout = .reject }
        let answer = test.begin(.comment, #"{"do":"pending"}"#)
        test.host.stop()
        #expect(answer.outcomes.map(\.text) == ["rejected 405 a plugin did not answer in time"])
        #expect(try test.decide(.comment, "{}").text == "rejected 405 the worker is ending")
    }

    @Test func limitsTheCallsThatWait() throws {
        let test = try TestHost { $0.onTimeout = .reject }
        var answers: [Answer] = []
        for _ in 0..<PluginLimits.maximumPendingCalls {
            answers.append(test.begin(.comment, #"{"do":"pending"}"#))
        }
        #expect(answers.allSatisfy { $0.outcomes.isEmpty })
        let over = test.begin(.comment, #"{"do":"pending"}"#)
        #expect(over.outcomes.map(\.text) == ["rejected 405 a plugin failed"])
        test.host.stop()
    }

    // MARK: Notifications

    @Test func aNotificationIsSeenWhenEveryPluginHasSeenIt() throws {
        let test = try TestHost()
        var seen = 0
        test.host.notify(.started, TestHost.subject(#"{"do":"pending"}"#)) { seen += 1 }
        #expect(seen == 0)
        let ticket = try ticket(test)
        #expect(try test.status(#"{"do":"answer-null","ticket":\#(ticket)}"#) == 0)
        #expect(seen == 1)
        test.host.notify(.started, TestHost.subject("{}")) { seen += 1 }
        #expect(seen == 2)
        #expect(try test.notes() == ["scripted seen"])
        test.host.notify(.viewers, TestHost.subject("{}")) { seen += 1 }
        #expect(seen == 3)
    }

    @Test func aNotificationIsForgottenAtItsDeadline() throws {
        let test = try TestHost { $0.deadlines[.started] = .milliseconds(20) }
        var seen = 0
        test.host.notify(.started, TestHost.subject(#"{"do":"pending"}"#)) { seen += 1 }
        #expect(seen == 0)
        _ = try test.wait { seen == 1 ? true : nil }
    }

    /// A worker that disconnects a client tells the plugins so at once: not while one is in a call.
    @Test func noPluginIsEnteredWhileItIsInACall() throws {
        let test = try TestHost()
        #expect(try test.decide(.comment, #"{"do":"disconnect-inside"}"#).text == "allowed")
        #expect(try test.notes() == ["disconnect 0", "left", "scripted seen"])
    }
}
