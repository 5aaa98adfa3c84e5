// SPDX-License-Identifier: Apache-2.0

import MediaNginxRTMP
import Testing

/// Which stream somebody is let on air on depends on reading the right fields.
struct CallbackTests {
    private static let publish = "app=live&addr=127.0.0.1&clientid=7&call=publish&name=room1"

    private func result(_ text: String) -> media_callback_result { Form(text).callback().result }

    @Test func readsAPublish() {
        let (result, callback) = Form(Self.publish + "&type=live&key=abc&user=7").callback()
        #expect(result == MEDIA_CALLBACK_READ)
        #expect(callback.kind == MEDIA_CALLBACK_PUBLISH)
        #expect(text(callback.stream) == "room1")
        #expect(text(callback.client) == "7")
        #expect(text(callback.app) == "live")
        #expect(text(callback.key) == "abc")
    }

    /// A publisher that names its stream `room1?name=room9&call=update_publish`.
    @Test(arguments: [
        "name=room9", "call=update_publish", "clientid=1", "app=other", "key=x&key=y",
    ])
    func refusesReservedFieldsTwice(_ field: String) {
        #expect(result(Self.publish + "&" + field) == MEDIA_CALLBACK_REPEATED_FIELD)
    }

    /// Their answer decides on players, which Tally does not know: they must not be dropped.
    @Test(arguments: ["update_play", "play_done", "done", "disconnect", "record_done"])
    func letsOthersPass(_ call: String) {
        let (result, callback) = Form("app=live&clientid=7&call=\(call)").callback()
        #expect(result == MEDIA_CALLBACK_READ)
        #expect(callback.kind == MEDIA_CALLBACK_OTHER)
    }

    @Test(arguments: ["play", "connect", "", "PUBLISH"])
    func refusesWhatItCannotDecide(_ call: String) {
        #expect(result("app=live&clientid=7&name=a&call=\(call)") == MEDIA_CALLBACK_UNKNOWN_CALL)
    }

    @Test(arguments: [
        ("room1", true), ("a", true), ("0_-", true), (String(repeating: "a", count: 64), true),
        (String(repeating: "a", count: 65), false), ("", false), ("-a", false), ("_a", false),
        ("Room", false), ("a/b", false), ("a%20b", false), ("..", false), ("a%26b", false),
        ("%C3%A9", false),
    ])
    func takesStreamIdsOnly(_ name: String, _ isGood: Bool) {
        let read = result("app=live&clientid=7&call=publish&name=\(name)")
        #expect(read == (isGood ? MEDIA_CALLBACK_READ : MEDIA_CALLBACK_BAD_STREAM))
    }

    @Test(arguments: [
        ("1", true), ("18446744073709551615", true), ("184467440737095516150", false), ("", false),
        ("-1", false), ("1a", false),
    ])
    func takesNumbersAsClients(_ client: String, _ isGood: Bool) {
        let read = result("app=live&clientid=\(client)&call=publish&name=a")
        #expect(read == (isGood ? MEDIA_CALLBACK_READ : MEDIA_CALLBACK_BAD_CLIENT))
    }

    @Test func hasALimitForKeys() {
        let limit = Int(MEDIA_KEY_LIMIT)
        let key = String(repeating: "k", count: limit)
        #expect(result(Self.publish + "&key=" + key) == MEDIA_CALLBACK_READ)
        #expect(result(Self.publish + "&key=k" + key) == MEDIA_CALLBACK_BAD_KEY)
    }

    /// The text of a C array of characters.
    private func text<Characters>(_ characters: Characters) -> String {
        unsafe withUnsafeBytes(of: characters) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
