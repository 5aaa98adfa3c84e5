// SPDX-License-Identifier: Apache-2.0

import HTTP
import Reactor
import WebServer

/// Who a client is, by what it and the proxies wrote into its request.
enum ForwardedTarget: FuzzTarget {
    static let name = "forwarded"

    static let seeds = texts(
        "192.0.2.7, 10.0.0.2, 2001:db8::5",
        "[2001:db9::1]:80, 192.0.2.7:4711, ::ffff:1.2.3.4",
        "for=192.0.2.7;proto=http;by=203.0.113.43, For=\"[2001:db9::1]:4711\"",
        "for=1.1.1.1;host=\"a, for=2.2.2.2;\\\"\", for=_hidden, for=unknown",
        "for=\""
    )

    private static let proxy = SocketAddress.ipv4(0x0A00_0001, port: 9)
    private static let client = SocketAddress.ipv4(0xC000_0207, port: 0)
    private static let trusted = ["10.0.0.0/8", "2001:db8::/32"].compactMap(Network.init(parsing:))

    static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        _ = address(text, .xForwardedFor)
        _ = address(text, .forwarded)
        // Whatever a client writes, what the nearest proxy adds behind it is the answer.
        precondition(address(text + ", 192.0.2.7", .xForwardedFor) == client)
        precondition(address(text + ", for=192.0.2.7", .forwarded) == client)
        precondition(address(text + ", proto=https;for=\"192.0.2.7:80\"", .forwarded) == client)
    }

    private static func address(
        _ value: String,
        _ field: ForwardedClient.Field
    ) -> SocketAddress {
        ForwardedClient.address(
            [field.rawValue: value],
            field,
            direct: proxy,
            trusted: trusted
        )
    }
}
