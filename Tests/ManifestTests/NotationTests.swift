// SPDX-License-Identifier: Apache-2.0

import Manifest
import Testing

@Suite struct NotationTests {
    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("30s", .seconds(30)), ("5m", .seconds(300)),
        ("1h", .seconds(3_600)), ("7d", .seconds(604_800)), ("0s", .zero),
    ])
    func readsAndWritesDurations(text: String, duration: Duration) {
        #expect(DurationNotation.parse(text) == duration)
        #expect(DurationNotation.text(of: duration) == text)
    }

    @Test(arguments: ["", "s", "5", "-5s", "5 s", "5S", "1.5s", "1h30m", "99999999999999999999s"])
    func refusesOtherDurations(text: String) {
        #expect(DurationNotation.parse(text) == nil)
    }

    @Test func refusesDurationsThatDoNotFit() {
        #expect(DurationNotation.parse("9223372036854775807ms") != nil)
        #expect(DurationNotation.parse("9223372036854775807s") == nil)
    }

    @Test(arguments: [
        ("512B", 512), ("64KiB", 65_536), ("1MiB", 1 << 20), ("2GiB", 2 << 30), ("0B", 0),
    ])
    func readsAndWritesByteCounts(text: String, byteCount: Int) {
        #expect(ByteCountNotation.parse(text) == byteCount)
        #expect(ByteCountNotation.text(of: byteCount) == text)
    }

    @Test(arguments: ["", "64", "64K", "64KB", "64kib", "-1B", "9223372036854775807KiB"])
    func refusesOtherByteCounts(text: String) {
        #expect(ByteCountNotation.parse(text) == nil)
    }

    @Test func acceptsPlainZero() {
        #expect(DurationNotation.parse("0") == .zero)
        #expect(ByteCountNotation.parse("0") == 0)
    }

    @Test(arguments: [
        "127.0.0.1:8000", "0.0.0.0:0", "[::1]:65535", "[::ffff:1.2.3.4]:1", "localhost:80",
        "example.org:80",
    ])
    func acceptsListenAddresses(text: String) {
        #expect(ListenAddress.isValid(text))
    }

    @Test(arguments: [
        "", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.256:1", "::1:80",
        "[]:80", "example..org:80", "-example.org:80", "[fe80::1%eth0]:1", "1.2.3:4",
        "127.0.0.1:+1", "127.0.0.1:8 0",
    ])
    func refusesOtherListenAddresses(text: String) {
        #expect(!ListenAddress.isValid(text))
    }

    @Test func findsTheNearestName() {
        #expect(NearestName.editDistance("wrokers", "workers") == 1)
        #expect(NearestName.editDistance("", "abc") == 3)
        #expect(NearestName.nearest(to: "lisen", among: ["listen", "live"]) == "listen")
        #expect(NearestName.nearest(to: "colour", among: ["listen", "live"]) == nil)
    }
}
