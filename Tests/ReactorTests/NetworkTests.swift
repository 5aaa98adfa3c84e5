// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

@Suite struct NetworkTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.255.255:1", "11.0.0.0:1"),
        ("192.0.2.7", "192.0.2.7:1", "192.0.2.8:1"),
        ("192.0.2.6/31", "192.0.2.7:1", "192.0.2.8:1"),
        ("0.0.0.0/0", "255.1.2.3:1", "[::1]:1"),
        ("2001:db8::/32", "[2001:db8:ffff::1]:1", "[2001:db9::]:1"),
        ("2001:db8::/65", "[2001:db8::7fff:0:0:1]:1", "[2001:db8::8000:0:0:1]:1"),
        ("::1", "[::1]:1", "[::2]:1"),
        ("::/0", "[::1]:1", "10.0.0.1:1"),
        ("10.0.0.0/8", "[::ffff:10.1.1.1]:1", "[::ffff:11.1.1.1]:1"),
        ("unix", "unix:/run/x", "127.0.0.1:1"),
    ])
    func containsWhatSharesItsPrefix(text: String, inside: String, outside: String) throws {
        let network = try #require(Network(parsing: text))
        #expect(network.contains(try SocketAddress(parsing: inside)))
        #expect(!network.contains(try SocketAddress(parsing: outside)))
        #expect(network.description == text)
    }

    @Test(arguments: [
        "", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129",
        "2001:db8::1/32", "localhost", "10.0.0", "unix:/run/x", "10.0.0.0/0008",
    ])
    func refusesWhatIsNoNetwork(text: String) {
        #expect(Network(parsing: text) == nil)
    }
}
