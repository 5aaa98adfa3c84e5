// SPDX-License-Identifier: Apache-2.0

import HTTP
import Reactor
import TestSupport
import Testing
import WebServer

/// Who a client is, behind proxies that are trusted, and what nobody may claim.
@Suite struct ForwardedClientTests {
    private let trusted = ["10.0.0.0/8", "2001:db8::/32", "unix"].compactMap(Network.init(parsing:))
    private let proxy = SocketAddress.ipv4(0x0A00_0001, port: 9)

    private func client(
        _ headers: HTTPHeaders,
        _ field: ForwardedClient.Field,
        from direct: SocketAddress? = nil
    ) -> String {
        ForwardedClient.address(headers, field, direct: direct ?? proxy, trusted: trusted).host
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:4711", "192.0.2.7"),
        ("2001:db9::1", "2001:db9::1"),
        ("[2001:db9::1]:80", "2001:db9::1"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        // What stands left of the first stranger, anybody may have written.
        ("10.9.9.9, 1.1.1.1, 192.0.2.7", "192.0.2.7"),
        ("192.0.2.7, 10.0.0.2, 2001:db8::5", "192.0.2.7"),
        ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("192.0.2.7, unknown", "10.0.0.1"),
        ("192.0.2.7, nonsense, 10.0.0.2", "10.0.0.2"),
        ("192.0.2.7:port", "10.0.0.1"),
        ("", "10.0.0.1"),
    ])
    func takesTheRightmostStrangerOfXForwardedFor(value: String, expected: String) {
        #expect(client(["X-Forwarded-For": value], .xForwardedFor) == expected)
    }

    @Test(arguments: [
        ("for=192.0.2.7", "192.0.2.7"),
        ("For=\"[2001:db9::1]:4711\"", "2001:db9::1"),
        ("for=192.0.2.7;proto=http;by=203.0.113.43", "192.0.2.7"),
        ("proto=https; for=192.0.2.7", "192.0.2.7"),
        ("for=1.1.1.1, for=192.0.2.7, for=10.0.0.2", "192.0.2.7"),
        ("for=192.0.2.7, for=_hidden", "10.0.0.1"),
        ("for=192.0.2.7, proto=https", "10.0.0.1"),
        // A comma and a semicolon inside quotes separate nothing.
        ("for=192.0.2.7;host=\"a, for=1.1.1.1;\"", "192.0.2.7"),
        ("for=\"192.0.2.7", "10.0.0.1"),
        // A quote that a client leaves open does not hide what the proxy wrote behind it.
        ("for=\", for=192.0.2.7", "192.0.2.7"),
        ("for=\"a\\, for=192.0.2.7", "192.0.2.7"),
        ("for=192.0.2.7;host=\"a\\\", b\"", "192.0.2.7"),
    ])
    func takesTheRightmostStrangerOfForwarded(value: String, expected: String) {
        #expect(client(["Forwarded": value], .forwarded) == expected)
    }

    @Test func believesNobodyWhoIsNotTrusted() {
        let stranger = SocketAddress.ipv4(0xC000_0209, port: 1)
        let headers: HTTPHeaders = ["X-Forwarded-For": "1.1.1.1"]
        #expect(client(headers, .xForwardedFor, from: stranger) == "192.0.2.9")
        #expect(client(headers, .xForwardedFor, from: .unix(path: "")) == "1.1.1.1")
    }

    @Test func looksAtTheFieldOfTheManifestAlone() {
        let headers: HTTPHeaders = ["X-Forwarded-For": "1.1.1.1", "Forwarded": "for=2.2.2.2"]
        #expect(client(headers, .none) == "10.0.0.1")
        #expect(client(headers, .xForwardedFor) == "1.1.1.1")
        #expect(client(headers, .forwarded) == "2.2.2.2")
    }

    @Test func severalLinesAreOneList() {
        var headers: HTTPHeaders = ["X-Forwarded-For": "1.1.1.1"]
        headers.append("x-forwarded-for", "192.0.2.7")
        #expect(client(headers, .xForwardedFor) == "192.0.2.7")
    }

    /// Whatever clients write: it is never they who decide, and nothing of it is a crash.
    @Test(arguments: UInt64(1)...20)
    func damageOnTheLeftChangesNothing(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let words = [
            "for=", "\"", "\\", ",", ";", " ", "=", "[", "]", ":", "1.1.1.1", "2001:db9::1", "_x",
            "unknown", "é", "\t", "by", "80",
        ]
        for _ in 0..<200 {
            var left = ""
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                left += words.randomElement(using: &random) ?? ""
            }
            #expect(client(["Forwarded": left + ", for=192.0.2.7"], .forwarded) == "192.0.2.7")
            #expect(
                client(["X-Forwarded-For": left + ", 192.0.2.7"], .xForwardedFor) == "192.0.2.7"
            )
            _ = client(["Forwarded": left], .forwarded)
            _ = client(["X-Forwarded-For": left], .xForwardedFor)
        }
    }

    @Test func looksBackSoManyProxiesAndNoFurther() {
        let most = ForwardedClient.maximumHopCount
        func value(_ proxies: Int) -> String {
            (["192.0.2.7"] + Array(repeating: "10.0.0.2", count: proxies)).joined(separator: ",")
        }
        #expect(client(["X-Forwarded-For": value(most - 1)], .xForwardedFor) == "192.0.2.7")
        #expect(client(["X-Forwarded-For": value(most)], .xForwardedFor) == "10.0.0.2")
    }
}
