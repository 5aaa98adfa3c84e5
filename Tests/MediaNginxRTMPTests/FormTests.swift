// SPDX-License-Identifier: Apache-2.0

import MediaNginxRTMP
import Testing

/// What nginx sends is partly what a publisher wrote: reading it must not be a way round anything.
struct FormTests {
    @Test func readsWhatNginxSends() {
        let form = Form(
            "app=live&flashver=FMLE/3.0%20(compatible%3B%20Lavf59.27&swfurl=&tcurl=rtmp://a/live"
                + "&pageurl=&addr=127.0.0.1&clientid=1&call=publish&name=room1&type=live&token=a%20b+c"
        )
        #expect(form.result == MEDIA_FORM_READ)
        #expect(form.count == 11)
        #expect(form["flashver"] == "FMLE/3.0 (compatible; Lavf59.27")
        #expect(form["swfurl"] == "")
        #expect(form["token"] == "a b c")
        #expect(form["nothing"] == nil)
    }

    @Test func takesTheFirstAndCountsAll() {
        let form = Form("name=room2&name=room9&n%61me=room8&names=x")
        #expect(form["name"] == "room2")
        #expect(form.occurrences("name") == 3)
    }

    @Test(arguments: [
        ("", 0), ("&&", 0), ("a", 1), ("=", 1), ("a=", 1), ("a=b=c", 1), ("&a=1&&b=2&", 2),
    ])
    func copesWithOddForms(_ text: String, _ count: Int) {
        let form = Form(text)
        #expect(form.result == MEDIA_FORM_READ)
        #expect(form.count == count)
    }

    @Test(arguments: ["a=%", "a=%4", "a=%4g", "a=%g4", "%=1", "a=1&b=%zz"])
    func refusesABrokenEscape(_ text: String) {
        #expect(Form(text).result == MEDIA_FORM_BAD_ESCAPE)
    }

    @Test(arguments: ["name=a%00b", "na\u{0}me=a", "%00=1"])
    func refusesANul(_ text: String) {
        #expect(Form(text).result == MEDIA_FORM_NUL)
    }

    @Test func hasALimitOfFields() {
        let limit = Int(MEDIA_FORM_FIELD_LIMIT)
        let fields = Array(repeating: "a=1", count: limit)
        #expect(Form(fields.joined(separator: "&")).result == MEDIA_FORM_READ)
        let more = (fields + ["a=1"]).joined(separator: "&")
        #expect(Form(more).result == MEDIA_FORM_TOO_MANY_FIELDS)
    }

    @Test func hasALimitOfBytes() {
        let limit = Int(MEDIA_FORM_SIZE_LIMIT)
        #expect(Form(String(repeating: "a", count: limit)).result == MEDIA_FORM_READ)
        #expect(Form(String(repeating: "a", count: limit + 1)).result == MEDIA_FORM_TOO_LARGE)
    }
}
