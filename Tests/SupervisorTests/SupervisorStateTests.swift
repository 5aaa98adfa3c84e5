// SPDX-License-Identifier: Apache-2.0

import HubLink
import Reactor
import StatusPage
import Testing

@testable import Supervisor

@Suite struct SupervisorStateTests {
    private static let state = SupervisorState(
        dataFolder: "/var/lib/tally \"1\"",
        program: "/usr/bin/tally",
        task: .undo(RenewalUndo(replaced: [ProcessIdentity(.worker, 1)], reason: "a\nb")),
        lock: 3,
        statusPage: 4,
        hubListener: 5,
        operatorListener: 6,
        hubConfiguration: 7,
        workerConfiguration: 8,
        ownProgram: 9,
        ticketSecret: 98,
        answer: 10,
        addresses: [
            SupervisorState.Address(
                requested: .ipv4(0x7f00_0001, port: 0),
                bound: .ipv4(0x7f00_0001, port: 8_000),
                listeners: [11, 12]
            ),
            SupervisorState.Address(
                requested: .unix(path: "/run/t.sock"),
                bound: .unix(path: "/run/t.sock"),
                listeners: [13]
            ),
        ],
        workerCount: 2,
        children: [
            SupervisorState.Child(
                identity: ProcessIdentity(.hub),
                process: .init(identity: ProcessIdentity(.hub), pid: 20, slot: 1, control: nil),
                startCount: 2
            ),
            SupervisorState.Child(
                identity: ProcessIdentity(.worker, 1),
                process: .init(
                    identity: ProcessIdentity(.worker, 1),
                    pid: 21,
                    slot: 5,
                    control: 14
                ),
                startCount: 1
            ),
            SupervisorState.Child(identity: ProcessIdentity(.worker, 0), startCount: 3),
        ],
        askers: [15],
        plugins: [
            PluginRoster.Entry(
                number: 2,
                plugin: .sample("word-filter"),
                isPresent: false,
                deaths: [MonotonicTime(nanoseconds: 5), MonotonicTime(nanoseconds: 7)],
                deathCount: 9,
                lastDeath: .sample,
                quarantinedAt: 1_700_000_000_000
            ),
            PluginRoster.Entry(number: 0, plugin: .sample("webhook")),
        ]
    )

    @Test func comesBackAsItWasHandedOver() throws {
        let state = Self.state
        #expect(try SupervisorState(decoding: state.encoded()) == state)
        #expect(Set(state.descriptors) == Set(3...15).union([98]))
    }

    @Test func refusesAnyCut() {
        let bytes = Self.state.encoded()
        for count in 0..<bytes.count {
            #expect(throws: SupervisorStateError.self) {
                try SupervisorState(decoding: Array(bytes[..<count]))
            }
        }
    }

    @Test func refusesAnotherVersion() {
        #expect(throws: SupervisorStateError.otherVersion(2, expected: 1)) {
            try SupervisorState(decoding: Array(#"{"version":2}"#.utf8))
        }
    }

    /// New workers speak with the old hub for a while: they would not understand each other.
    @Test func refusesWhatSpeaksAnotherHubLinkAndSaysWhatToDo() throws {
        let current = LinkFormat.current
        let error = try #require(refusal { $0.hubLink = current - 1 })
        #expect(error == .otherLink(Int64(current - 1), expected: current))
        #expect("\(error)".hasSuffix("restart the service"))
        let old = String(decoding: Self.state.encoded(), as: UTF8.self)
            .replacing(#""link":\#(current),"#, with: "")
        #expect(throws: SupervisorStateError.otherLink(nil, expected: current)) {
            try SupervisorState(decoding: Array(old.utf8))
        }
    }

    private func refusal(
        _ change: (inout SupervisorState) -> Void
    ) -> SupervisorStateError? {
        var state = Self.state
        change(&state)
        return #expect(throws: SupervisorStateError.self) {
            try SupervisorState(decoding: state.encoded())
        }
    }

    @Test func refusesWhatMakesNoSense() {
        #expect(refusal { $0.lock = 2 } == .wrong("lock"))
        #expect(refusal { $0.lock = 4 } == .wrong("descriptors"))
        #expect(refusal { $0.workerCount = 0 } == .wrong("workers"))
        #expect(refusal { $0.workerCount = 513 } == .wrong("workers"))
        #expect(refusal { $0.workerCount = 3 } == .wrong("listeners"))
        #expect(refusal { $0.children[1].process?.slot = 3 } == .wrong("children"))
        #expect(refusal { $0.children[1].process?.pid = 0 } == .wrong("children"))
        #expect(refusal { $0.children.removeFirst() } == .wrong("children"))
        #expect(refusal { $0.children.append($0.children[0]) } == .wrong("children"))
        #expect(refusal { $0.askers = [-1] } == .wrong("askers"))
        #expect(refusal { $0.addresses[0].listeners = [] } == .wrong("listeners"))
    }

    @Test func answersComeBackAsTheyWereSent() {
        let answer = OperatorAnswer(status: 78, lines: ["a: b", "c"])
        #expect(OperatorAnswer(decoding: answer.encoded) == answer)
        #expect(OperatorAnswer(decoding: []) == nil)
        #expect(OperatorAnswer(decoding: Array("yes\n".utf8)) == nil)
        let long = OperatorAnswer(
            status: 1,
            lines: [String(repeating: "x", count: OperatorAnswer.maximumByteCount)]
        )
        #expect(long.encoded.count == OperatorAnswer.maximumByteCount)
    }
}
