// SPDX-License-Identifier: Apache-2.0

import ClientProtocol
import Hub
import HubLink
import JSON
import Live
import Manifest
import Testing

/// What plugins keep on the node.
@Suite struct PluginStoreTests {
    private let bench = HubBench()
    private let plugin: BenchSession

    init() {
        plugin = bench.attachPlugin(bench.link())
    }

    private func version(_ parameters: String) throws -> Int64? {
        HubBench.parse(try bench.call(plugin, "store.set", parameters))?["version"]?.integer
    }

    private func keys(_ parameters: String) throws -> String {
        try bench.call(plugin, "store.list", parameters)
    }

    @Test func whatIsSetIsThereForEveryWorkerAndForNoOtherPlugin() throws {
        let first = try #require(try version(#"{"key":"k","value":{"a": 1.50}}"#))
        let other = bench.attachPlugin(bench.link(worker: 1))
        #expect(
            try bench.call(other, "store.get", #"{"key":"k"}"#)
                == #"{"value":{"a":1.50},"version":\#(first)}"#
        )
        #expect(
            try bench.call(other, "store.get", #"{"key":"k"}"#, plugin: "webhook")
                == #"{"value":null,"version":0}"#
        )
    }

    @Test func versionsRiseAndAreNeverGivenTwice() throws {
        let first = try #require(try version(#"{"key":"k","value":1}"#))
        try bench.call(plugin, "store.delete", #"{"key":"k"}"#)
        let second = try #require(try version(#"{"key":"k","value":1}"#))
        #expect(second > first)
        // A new hub knows nothing of what was deleted, but time has passed.
        try bench.call(plugin, "store.delete", #"{"key":"k"}"#)
        bench.pass(.milliseconds(5))
        let next = HubBench(takingUp: bench)
        let session = next.attachPlugin(next.link())
        let answer = try next.call(session, "store.set", #"{"key":"k","value":1}"#)
        #expect(try #require(HubBench.parse(answer)?["version"]?.integer) > second)
    }

    @Test func anotherVersionIsRefused() throws {
        let conflict: UInt32 = 1001
        let new = #"{"key":"k","value":1,"version":0}"#
        let first = try #require(try version(new))
        #expect(bench.callRefusal(plugin, "store.set", new) == conflict)
        _ = try version(#"{"key":"k","value":2,"version":\#(first)}"#)
        #expect(
            bench.callRefusal(plugin, "store.delete", #"{"key":"k","version":\#(first)}"#)
                == conflict
        )
        #expect(bench.callRefusal(plugin, "store.delete", #"{"key":"x","version":1}"#) == conflict)
        try bench.call(plugin, "store.delete", #"{"key":"x","version":0}"#)
    }

    @Test func keysAreListedInOrderByPages() throws {
        for key in ["b/2", "a", "b/1", "c", "b/3", "b"] {
            _ = try version(#"{"key":"\#(key)","value":1}"#)
        }
        #expect(try keys("{}") == #"{"keys":["a","b","b/1","b/2","b/3","c"],"more":false}"#)
        #expect(
            try keys(#"{"prefix":"b/","limit":2}"#) == #"{"keys":["b/1","b/2"],"more":true}"#
        )
        #expect(
            try keys(#"{"prefix":"b/","after":"b/2","limit":1}"#)
                == #"{"keys":["b/3"],"more":false}"#
        )
        #expect(try keys(#"{"prefix":"x"}"#) == #"{"keys":[],"more":false}"#)
        try bench.call(plugin, "store.delete", #"{"key":"b"}"#)
        #expect(try keys(#"{"prefix":"b","limit":1}"#) == #"{"keys":["b/1"],"more":true}"#)
    }

    @Test func anAcknowledgedValueOutlivesTheHub() throws {
        _ = try version(#"{"key":"k","value":"v"}"#)
        _ = try version(#"{"key":"gone","value":"v"}"#)
        try bench.call(plugin, "store.delete", #"{"key":"gone"}"#)
        let next = HubBench(takingUp: bench)
        #expect(next.core.state.stores == bench.core.state.stores)
        #expect(next.core.state.stores["media"]?.count == 1)
    }

    @Test func aSetThatIsAskedAgainIsNotDoneTwice() throws {
        let set = HubRequest.store(plugin: "media", .set(.init(key: "k", value: [0x31])))
        let request = WorkerMessage.request(RequestID(rawValue: 900), plugin.id, set)
        bench.receive(request, from: plugin.link)
        let first = bench.messages(plugin.link).last
        bench.receive(request, from: plugin.link)
        #expect(bench.messages(plugin.link).last == first)
    }

    @Test func keysAndValuesHaveLimits() throws {
        let key = String(repeating: "k", count: StoreCommand.maximumKeyByteCount)
        _ = try version(#"{"key":"\#(key)","value":1}"#)
        for bad in [key + "k", "", "a b", "\u{fc}"] {
            let set = #"{"key":"\#(bad)","value":1}"#
            #expect(bench.callRefusal(plugin, "store.set", set) == 107)
        }
        let text = String(repeating: "v", count: StoreCommand.maximumValueByteCount - 2)
        _ = try version(#"{"key":"k","value":"\#(text)"}"#)
        let more = #"{"key":"k","value":"\#(text)v"}"#
        #expect(bench.callRefusal(plugin, "store.set", more) == 107)
        #expect(bench.callRefusal(plugin, "store.set", #"{"key":"k"}"#) == 107)
        #expect(bench.callRefusal(plugin, "store.list", #"{"limit":1001}"#) == 107)
    }

    @Test func aStoreHasRoomForSoManyBytes() throws {
        let text = String(repeating: "v", count: StoreCommand.maximumValueByteCount - 2)
        let count = StoreCommand.maximumByteCount / StoreCommand.maximumValueByteCount
        for number in 1..<count { _ = try version(#"{"key":"\#(number)","value":"\#(text)"}"#) }
        let stored = try #require(bench.core.state.stores["media"]?.byteCount)
        let left = StoreCommand.maximumByteCount - stored
        let last = String(repeating: "v", count: left - 3)
        #expect(bench.callRefusal(plugin, "store.set", #"{"key":"x","value":"\#(last)v"}"#) == 106)
        _ = try version(#"{"key":"x","value":"\#(last)"}"#)
        #expect(bench.core.state.stores["media"]?.byteCount == StoreCommand.maximumByteCount)
        // What takes no more room than what it replaces is taken.
        _ = try version(#"{"key":"x","value":"\#(last)"}"#)
    }

    @Test func aStoreHasRoomForSoManyKeys() throws {
        for number in 0..<StoreCommand.maximumKeyCount {
            _ = try version(#"{"key":"\#(number)","value":1}"#)
        }
        #expect(bench.callRefusal(plugin, "store.set", #"{"key":"x","value":1}"#) == 106)
        _ = try version(#"{"key":"0","value":2}"#)
    }
}
