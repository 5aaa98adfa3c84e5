// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@Suite struct JSONWriterTests {
    @Test func placesCommas() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("a")
        writer.beginArray()
        writer.integer(1)
        writer.beginArray()
        writer.endArray()
        writer.beginObject()
        writer.endObject()
        writer.null()
        writer.endArray()
        writer.key("b")
        writer.bool(true)
        writer.key("c")
        writer.raw(Array(#"{"raw":1}"#.utf8))
        writer.key("d")
        writer.number(0.1)
        writer.endObject()
        #expect(text(writer) == #"{"a":[1,[],{},null],"b":true,"c":{"raw":1},"d":0.1}"#)
    }

    @Test func escapesWhatMustBe() {
        var writer = JSONWriter()
        writer.string("\"\\\n\r\t\u{0}\u{1F}/\u{7F}é\u{2028}")
        #expect(text(writer) == #""\"\\\n\u000d\u0009\u0000\u001f/"# + "\u{7F}é\u{2028}\"")
    }

    @Test func writesTheEndsOfTheIntegers() {
        var writer = JSONWriter()
        writer.beginArray()
        writer.integer(Int64.min)
        writer.integer(UInt64.max)
        writer.integer(0)
        writer.endArray()
        #expect(text(writer) == "[-9223372036854775808,18446744073709551615,0]")
    }

    @Test func writesNullForWhatIsNoNumber() {
        var writer = JSONWriter()
        writer.number(.infinity)
        #expect(text(writer) == "null")
    }

    private func text(_ writer: JSONWriter) -> String {
        String(decoding: writer.bytes, as: UTF8.self)
    }
}
