// SPDX-License-Identifier: Apache-2.0

import TallyPlugin
import Testing

@Suite struct JSONTests {
    @Test func survivesTheWayThroughJansson() throws {
        let json: JSON = [
            "text": "é\u{1F600}\"\\\n", "empty": "", "none": nil, "yes": true, "no": false,
            "small": -1, "large": 9_223_372_036_854_775_807, "real": 1.5,
            "list": [1, [], [:], "a"],
        ]
        #expect(JSON(text: json.text) == json)
    }

    @Test func keepsNullCharacters() {
        let json: JSON = ["a\u{0}b"]
        #expect(json.text == #"["a\u0000b"]"#)
    }

    @Test(arguments: ["", "{", "[1,]", "nul", "1 2", #"{"a":1,"a":2}"#, "\"\u{1}\""])
    func refusesWhatIsNoJSON(text: String) {
        #expect(JSON(text: text) == nil)
    }

    @Test func looksInside() {
        let json: JSON = ["a": ["b": [1, 2.5, "c", true]]]
        let list = json["a"]?["b"]?.array
        #expect(list?.first?.integer == 1 && list?.first?.number == 1)
        #expect(list?.dropFirst().first?.number == 2.5)
        #expect(list?.last?.bool == true)
        #expect(json["b"] == nil && JSON.null["a"] == nil && JSON.null.isNull)
    }

    /// What JSON has no word for must not become something else.
    @Test func writesNullForWhatIsNoNumber() {
        #expect(JSON.number(.infinity).text == "null")
    }
}
