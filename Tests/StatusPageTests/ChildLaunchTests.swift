// SPDX-License-Identifier: Apache-2.0

import StatusPage
import Testing

@Suite struct ChildLaunchTests {
    private let launch = ChildLaunch(
        identity: ProcessIdentity(.worker, 3),
        parent: 812,
        statusPage: 5,
        slot: 8,
        configuration: 6,
        listeners: [8, 9],
        hubSocketPath: "da ta=/hub.sock",
        dataFolder: "da ta=",
        control: 10,
        predecessor: 11,
        pluginPage: 12,
        plugins: [
            PluginPlace(number: 15, name: "word-filter"),
            PluginPlace(number: 0, name: "webhook", isQuarantined: true),
        ]
    )

    private func decode(_ arguments: [String]) throws(ChildLaunchError) -> ChildLaunch {
        try ChildLaunch(role: .worker, arguments: arguments)
    }

    private func replacing(_ field: String, _ value: String) -> [String] {
        launch.arguments.dropFirst().map {
            $0.hasPrefix(field + "=") ? field + "=" + value : $0
        }
    }

    @Test func comesBackAsItWasSent() throws {
        #expect(launch.arguments.first == "worker")
        #expect(try decode(Array(launch.arguments.dropFirst())) == launch)
        #expect(try decode(replacing("listeners", "")).listeners.isEmpty)
        #expect(try decode(replacing("control", "")).control == nil)
        #expect(try decode(replacing("predecessor", "")).predecessor == nil)
        #expect(try decode(replacing("pages", "")).pluginPage == nil)
        #expect(try decode(replacing("plugins", "")).plugins.isEmpty)
    }

    @Test func inheritsEveryDescriptorThatItNames() {
        #expect(launch.descriptors == [5, 6, 8, 9, 10, 11, 12])
    }

    @Test func refusesMissingArguments() {
        let arguments = Array(launch.arguments.dropFirst())
        for index in arguments.indices {
            var fewer = arguments
            let field = fewer.remove(at: index).prefix { $0 != "=" }
            #expect(throws: ChildLaunchError.missing(.worker, String(field))) {
                try decode(fewer)
            }
        }
    }

    @Test func refusesUnknownAndRepeatedArguments() {
        let arguments = Array(launch.arguments.dropFirst())
        for argument in ["", "x", "x=1", "=1"] {
            #expect(throws: ChildLaunchError.unknownArgument(.worker, argument)) {
                try decode(arguments + [argument])
            }
        }
        #expect(throws: ChildLaunchError.invalid(.worker, "index")) {
            try decode(arguments + ["index=3"])
        }
    }

    @Test(arguments: [
        ("index", "-1"), ("index", "x"), ("index", "99999999999"), ("parent", "0"),
        ("status", "2"), ("slot", "-1"), ("configuration", "-3"), ("listeners", "2"),
        ("listeners", "8,x"),
        ("control", "2"), ("predecessor", "x"), ("pages", "2"),
        ("plugins", "16:a"), ("plugins", "0a"), ("plugins", ":a"), ("plugins", "0:A"),
        ("plugins", "0:a,1:a"), ("plugins", "0:a,0:b"), ("plugins", "0:"),
    ])
    func refusesWrongNumbers(field: String, value: String) {
        #expect(throws: ChildLaunchError.invalid(.worker, field)) {
            try decode(replacing(field, value))
        }
    }

    @Test func boundsTheListeners() throws {
        func listeners(_ count: Int) -> [String] {
            replacing("listeners", (0..<count).map { "\($0 + 3)" }.joined(separator: ","))
        }
        let most = ChildLaunch.maximumListenerCount
        #expect(try decode(listeners(most)).listeners.count == most)
        #expect(throws: ChildLaunchError.invalid(.worker, "listeners")) {
            try decode(listeners(most + 1))
        }
    }

    @Test func tellsWhoeverCallsItByHandWhatToDo() {
        let error = #expect(throws: ChildLaunchError.self) { try decode([]) }
        #expect(error?.description.contains("tally serve") == true)
    }
}
