// SPDX-License-Identifier: Apache-2.0

import Client
import Reactor
import TLS
import Testing

@Suite struct ServerURLTests {
    @Test(arguments: [
        ("ws://127.0.0.1:8000/connection/websocket", "127.0.0.1:8000", "/connection/websocket"),
        ("ws://localhost:9", "127.0.0.1:9", "/connection/websocket"),
        ("http://127.0.0.1", "127.0.0.1:80", "/connection/websocket"),
        ("ws://[::1]:8000/", "[::1]:8000", "/connection/websocket"),
        ("ws://[::1]/x?y=1", "[::1]:80", "/x?y=1"),
        ("ws://127.0.0.1:1?y", "127.0.0.1:1", "/?y"),
    ])
    func readsAddressAndPath(text: String, address: String, target: String) throws {
        let url = try ServerURL(parsing: text)
        #expect(url.address.description == address)
        #expect(url.target == target)
    }

    @Test func tellsWhomACertificateMustBeFor() throws {
        let expected: [(String, TLSPeerName?, String)] = [
            ("ws://127.0.0.1:1", nil, "127.0.0.1:1"),
            ("wss://localhost", .name("localhost"), "127.0.0.1:443"),
            ("https://localhost:8443/", .name("localhost"), "127.0.0.1:8443"),
            ("wss://127.0.0.1:8443", .address("127.0.0.1"), "127.0.0.1:8443"),
            ("wss://[::1]", .address("::1"), "[::1]:443"),
            ("unix:/run/tally.sock", nil, "unix:/run/tally.sock"),
        ]
        for (text, peer, address) in expected {
            let url = try ServerURL(parsing: text)
            #expect(url.peerName == peer)
            #expect(url.address.description == address)
        }
    }

    @Test(arguments: [
        "", "127.0.0.1:8000", "ws://", "wss://", "ws://1.2.3.4:99999", "wss://1.2.3.4.5", "unix:",
        "ws://127.0.0.1/a b", "ws://127.0.0.1/#x", "ftp://127.0.0.1",
    ])
    func refusesWhatItCannotReach(text: String) {
        #expect(throws: ServerURLError.self) { try ServerURL(parsing: text) }
    }
}
