// SPDX-License-Identifier: Apache-2.0

import Channels
import Testing

@Suite struct ChannelNameTests {
    @Test func tellsTheKindOfAChannel() throws {
        #expect(try ChannelName("live:morning-show").kind == .live(stream: "morning-show"))
        #expect(try ChannelName("#ana").kind == .user("ana"))
        #expect(try ChannelName("scores:42").kind == .feed)
        #expect(try ChannelName("lively").kind == .feed)
        #expect(ChannelName(stream: "a")?.text == "live:a")
        #expect(ChannelName(stream: "A") == nil)
    }

    @Test func refusesWhatIsNoName() {
        #expect(throws: ChannelNameError.empty) { try ChannelName("") }
        #expect(throws: ChannelNameError.illegalCharacter) { try ChannelName("a b") }
        #expect(throws: ChannelNameError.illegalCharacter) { try ChannelName("a\u{7F}") }
        #expect(throws: ChannelNameError.illegalCharacter) { try ChannelName("caf\u{E9}") }
        #expect(throws: ChannelNameError.invalidStream) { try ChannelName("live:") }
        #expect(throws: ChannelNameError.invalidStream) { try ChannelName("live:Upper") }
        #expect(throws: ChannelNameError.invalidStream) { try ChannelName("live:-a") }
        #expect(throws: ChannelNameError.missingUser) { try ChannelName("#") }
    }

    @Test func takesNamesUpToTheLimit() throws {
        let limit = ChannelName.maximumByteCount
        #expect(try ChannelName(String(repeating: "a", count: limit)).kind == .feed)
        #expect(throws: ChannelNameError.tooLong) {
            try ChannelName(String(repeating: "a", count: limit + 1))
        }
        let stream = String(repeating: "s", count: StreamID.maximumByteCount)
        #expect(try ChannelName("live:" + stream).kind == .live(stream: stream))
        #expect(throws: ChannelNameError.invalidStream) { try ChannelName("live:" + stream + "s") }
    }

    @Test func everyErrorExplainsItself() {
        for error in ChannelNameError.allCases { #expect(!error.description.isEmpty) }
    }
}
