// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

@Suite struct SocketAddressTests {
    @Test(arguments: [
        "127.0.0.1:8000", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:8000", "[::]:1",
        "[2001:db8::1]:443", "[::ffff:1.2.3.4]:80", "unix:/run/tally.sock", "unix:relative/s",
    ])
    func readsWhatItWrites(text: String) throws {
        #expect(try SocketAddress(parsing: text).description == text)
    }

    @Test func readsTheParts() throws {
        #expect(try SocketAddress(parsing: "10.1.2.3:80") == .ipv4(0x0a01_0203, port: 80))
        #expect(
            try SocketAddress(parsing: "[2001:db8::1]:443")
                == .ipv6(high: 0x2001_0db8_0000_0000, low: 1, port: 443)
        )
        #expect(try SocketAddress(parsing: "localhost:1") == .ipv4(0x7f00_0001, port: 1))
    }

    @Test(arguments: [
        "", "8000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+1", "127.0.0.1:-1",
        "127.0.0.1:1x", "127.0.0.1:000001", "127.0.1:80", "256.0.0.1:80", "1.2.3.4.5:80",
        ":8000", "*:8000", "::1:8000", "[::1]", "[::1", "[]:80", "[1.2.3.4]:80", "[::1%lo]:80",
        "example.org:80", "unix:", "unix:\0", "127.0.0.1:80 ",
    ])
    func refusesAnythingElse(text: String) {
        #expect(throws: SocketAddressError.self) { try SocketAddress(parsing: text) }
    }

    @Test func boundsUnixPaths() throws {
        let most = SocketAddress.maximumPathByteCount
        let longest = "unix:" + String(repeating: "p", count: most)
        #expect(try SocketAddress(parsing: longest).description == longest)
        #expect(throws: SocketAddressError.self) { try SocketAddress(parsing: longest + "p") }
    }

    @Test func tellsLoopbackFromTheRest() throws {
        for text in ["127.0.0.1:1", "127.255.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1", "unix:x"] {
            #expect(try SocketAddress(parsing: text).isLoopback, "\(text)")
        }
        for text in ["128.0.0.1:1", "0.0.0.0:1", "[::]:1", "[::2]:1", "[::ffff:126.0.0.1]:1"] {
            #expect(try !SocketAddress(parsing: text).isLoopback, "\(text)")
        }
    }

    @Test func changesOnlyThePort() throws {
        #expect(try SocketAddress(parsing: "[::1]:0").withPort(9).description == "[::1]:9")
        #expect(SocketAddress.unix(path: "x").withPort(9) == .unix(path: "x"))
    }
}
