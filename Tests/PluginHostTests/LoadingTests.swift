// SPDX-License-Identifier: Apache-2.0

import Foundation
import Hooks
import Manifest
import TestSupport
import Testing

@testable import PluginHost

/// Whatever a library is wrong about, the operator is told so, and which key it has to do with.
@Suite struct LoadingTests {
    private func failure(
        _ change: (inout PluginSettings) throws -> Void
    ) throws -> PluginLoadError? {
        var settings = try TestHost.scripted()
        try change(&settings)
        do {
            _ = try TestHost([settings])
            return nil
        } catch let error as PluginLoadError {
            return error
        }
    }

    private func expectFailure(
        _ key: String,
        _ part: String,
        _ change: (inout PluginSettings) throws -> Void
    ) throws {
        let error = try #require(try failure(change))
        let finding = try #require(error.findings.first)
        #expect(finding.key == key)
        #expect(finding.message.contains(part), "\(finding.message)")
    }

    // MARK: The file

    @Test func missesAFile() throws {
        try expectFailure("library", "there is no file /no/such.so") {
            $0.library = "/no/such.so"
        }
    }

    @Test func refusesWhatIsNoFile() throws {
        try expectFailure("library", "/tmp is no file") { $0.library = "/tmp" }
    }

    @Test func refusesWhatIsNoLibrary() throws {
        for bytes in [[], Array("hello".utf8), Array("#!/bin/sh\necho not a library".utf8)] {
            let path = try ScriptedPlugin.file("x.so", bytes)
            try expectFailure("library", "is no shared library: it has no ELF header") {
                $0.library = path
            }
        }
    }

    /// The first 20 bytes of a good library, changed.
    private func header(_ change: (inout [UInt8]) -> Void) throws -> String {
        let data = try Data(contentsOf: URL(filePath: try ScriptedPlugin.path()))
        var bytes = [UInt8](data)
        change(&bytes)
        return try ScriptedPlugin.file("x.so", bytes)
    }

    @Test func refusesAnotherArchitecture() throws {
        let bits = try header { $0[4] = 1 }
        try expectFailure("library", "is for another architecture: not 64 bits") {
            $0.library = bits
        }
        let machine = try header { $0[18] = 40 }
        try expectFailure("library", "is for another architecture, ARM (32 bits); this Tally") {
            $0.library = machine
        }
    }

    @Test func refusesAProgram() throws {
        let path = try header { $0[16] = 2 }
        try expectFailure("library", "is no shared library, but a program") { $0.library = path }
    }

    @Test func refusesALibraryThatIsCutOff() throws {
        let path = try header { $0.removeLast($0.count - 100) }
        try expectFailure("library", "cannot be loaded: ") { $0.library = path }
    }

    @Test func refusesALibraryThatAnyoneMayChange() throws {
        let path = try ScriptedPlugin.path()
        try FileManager.default.setAttributes([.posixPermissions: 0o757], ofItemAtPath: path)
        try expectFailure("library", "anyone may write to") { $0.library = path }
    }

    // MARK: The descriptor

    @Test(arguments: [
        ("-DSYMBOL=other", "library", "has no function tally_plugin"),
        ("-DRETURNS_NULL", "library", "says that it cannot run here"),
        ("-DMAJOR=0", "abi", "its ABI 0.0 is too old for this Tally's 1.0"),
        ("-DMAJOR=2", "abi", "its ABI 2.0 is too new for this Tally's 1.0"),
        ("-DMINOR=1", "abi", "its ABI 1.1 is too new for this Tally's 1.0"),
        ("-DSIZE=207", "library", "its descriptor has 207 bytes, ABI 1.0's has 208"),
        ("-DSIZE=0", "library", "its descriptor has 0 bytes, ABI 1.0's has 208"),
        ("-DSIZE=209", "library", "has 209 bytes, more than the 208 of ABI 1.0"),
        ("-DCREATE=NULL", "library", "its function create is NULL"),
        ("-DNAME=NULL", "library", "its name is not a name of a-z"),
        (#"-DNAME="Capital""#, "library", "its name is not a name of a-z"),
        (#"-DNAME="other""#, "name", "the library calls itself other, the manifest scripted"),
        ("-DVERSION=NULL", "library", "its version is NULL"),
        (#"-DVERSION="1\n2""#, "library", "its version is not one line of UTF-8"),
        (#"-DSCHEMA="{""#, "library", "settings_schema cannot be used"),
        (#"-DSCHEMA="[]""#, "library", "settings_schema cannot be used: not an object"),
        ("-DLONG_NAME", "library", "its name is not a name of a-z"),
        ("-DLONG_VERSION", "library", "its version is not one line of UTF-8 of at most 64"),
    ])
    func refusesADescriptor(_ flag: String, _ key: String, _ part: String) throws {
        let path = try ScriptedPlugin.path(flag)
        try expectFailure(key, part) { $0.library = path }
    }

    @Test func refusesAHookThatTheLibraryDoesNotHave() throws {
        try expectFailure("hooks", "the library has no hook subscribe: its function is NULL") {
            $0.hooks = [.comment, .subscribe]
        }
    }

    @Test func refusesTheSameNameTwice() throws {
        let settings = try TestHost.scripted()
        #expect(throws: PluginLoadError.self) { try TestHost([settings, settings]) }
    }

    // MARK: Settings

    @Test func refusesSettingsThatDoNotFitTheSchema() throws {
        let error = try #require(
            try failure { $0.settings = Array(#"{"words":["aa","b",5],"limit":0,"x":1}"#.utf8) }
        )
        let keys = error.findings.map(\.key)
        #expect(keys.contains("settings/words/1"))
        #expect(keys.contains("settings/words/2"))
        #expect(keys.contains("settings/limit"))
        #expect(keys.contains("settings"))
    }

    @Test func refusesSettingsOfAPluginThatTakesNone() throws {
        let path = try ScriptedPlugin.path("-DSCHEMA=NULL")
        #expect(try failure { $0.library = path } == nil)
        try expectFailure("settings", "the plugin takes no settings") {
            $0.library = path
            $0.settings = Array(#"{"a":1}"#.utf8)
        }
    }

    @Test func tellsWhyAnInstanceCannotBeMade() throws {
        try expectFailure("settings", "create failed: the list is empty") {
            $0.settings = Array(#"{"fail":"the list is empty"}"#.utf8)
        }
    }

    @Test func aSelfTestSaysWhatIsWrong() throws {
        #expect(try TestHost().host.selfTest("scripted") == nil)
        let test = try TestHost { $0.settings = Array(#"{"fail_self_test":"no list"}"#.utf8) }
        #expect(test.host.selfTest("scripted") == "self_test answered 3: no list")
    }

    @Test func saysWhatItLoaded() throws {
        let plugin = try #require(try TestHost().host.loadedPlugins.first)
        #expect((plugin.name, plugin.version) == ("scripted", "1.2.3"))
        #expect(
            plugin.hooks == [.connect, .comment, .publish, .rpc, .http, .disconnected, .started]
        )
        #expect(plugin.hasSelfTest)
    }
}
