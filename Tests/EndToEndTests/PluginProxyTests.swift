// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import Testing

/// Whom a plugin decides about behind a proxy, whose connections carry the requests of many.
@Suite(.serialized) struct PluginProxyTests {
    private static let proxies =
        "proxies:\n  trusted: [127.0.0.1]\n  header: x-forwarded-for\n"

    private func forwarded(_ host: Int) -> [String] { ["X-Forwarded-For: 192.0.2.\(host)"] }

    /// The answers of one connection, without the text before the first.
    private func answers(_ peer: HTTPPeer) -> [String] {
        peer.text.split(separator: "HTTP/1.1 ").map(String.init)
    }

    @Test func aPluginIsToldTheClientsAddressOfEachRequestAnew() throws {
        let probe = try PluginServer(manifest: Self.proxies)
        let proxy = try HTTPPeer(probe.server, on: try EventLoop())
        for host in [1, 2, 1] {
            try proxy.get("/channels/kept:who", forwarded(host))
            try proxy.wait(for: "\"data\":\"192.0.2.\(host)\"")
            try proxy.get("/plugins/probe/x", forwarded(host))
            try proxy.wait(for: "192.0.2.\(host)")
        }
        // Each left as who it was, although another's request was what ended it.
        let told = try probe.wait(for: "who left") { told in
            told.count { $0[0] == "disconnected" } >= 2
        }
        for hook in ["subscribed", "unsubscribed", "disconnected"] {
            let addresses = told.filter { $0[0] == hook }.compactMap(\.last)
            #expect(addresses.prefix(2) == ["192.0.2.1", "192.0.2.2"], "\(hook)")
        }
    }

    @Test func aVerdictThatTakesItsTimeAnswersItsOwnRequest() throws {
        let probe = try PluginServer(manifest: Self.proxies)
        let proxy = try HTTPPeer(probe.server, on: try EventLoop())
        let asked = ["slow", "who", "reject", "who", "slow"]
        let requests = asked.enumerated().map { host, name in
            HTTPPeer.request("/channels/kept:\(name)", forwarded(host + 1))
        }
        try proxy.send(Array(requests.joined().utf8))
        try proxy.wait(for: "five answers") {
            self.answers(proxy).count == asked.count && proxy.text.hasSuffix("}")
        }
        let answers = self.answers(proxy)
        #expect(answers.map { String($0.prefix(3)) } == ["200", "200", "403", "200", "200"])
        #expect(answers[1].contains("\"data\":\"192.0.2.2\""))
        #expect(answers[2].contains("\"code\":1234"))
        #expect(answers[3].contains("\"data\":\"192.0.2.4\""))
        for index in [0, 4] { #expect(!answers[index].contains("192.0.2.")) }
    }

    /// The first is answered for when its time is over; what the plugin says then is nobody's.
    @Test func aVerdictThatComesTooLateIsNotAnothersAnswer() throws {
        let probe = try PluginServer(manifest: Self.proxies)
        let proxy = try HTTPPeer(probe.server, on: try EventLoop())
        let requests = ["late", "forgotten", "x"].enumerated().map { host, name in
            HTTPPeer.request("/plugins/probe/\(name)", forwarded(host + 1))
        }
        try proxy.send(Array(requests.joined().utf8))
        try proxy.wait(for: "192.0.2.3")
        let statuses = answers(proxy).map { String($0.prefix(3)) }
        #expect(statuses.count == 3)
        #expect(statuses[0] == statuses[1])
        // What the plugin wanted to allow.
        #expect(statuses[0] != "204")
        #expect(statuses[2] == "201")
    }

    @Test(arguments: [true, false])
    func aWebSocketBehindAProxyIsItsClients(byHeader: Bool) throws {
        let probe = try PluginServer(
            manifest: byHeader ? Self.proxies : "proxies:\n  trusted: [127.0.0.1]\n",
            listen: [byHeader ? "127.0.0.1:0" : "127.0.0.1:0 proxy_protocol"]
        )
        let peer = try HTTPPeer(probe.server, on: try EventLoop())
        if !byHeader { try peer.send(Array("PROXY TCP4 192.0.2.9 127.0.0.1 7 8\r\n".utf8)) }
        try peer.get(
            "/connection/websocket",
            [
                "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ] + (byHeader ? forwarded(9) : [])
        )
        try peer.wait(for: "101 ")
        func send(_ command: String) throws {
            // A frame of less than 126 bytes, masked by a key that changes nothing.
            try peer.send([0x81, 0x80 | UInt8(command.utf8.count), 0, 0, 0, 0] + command.utf8)
        }
        try send(#"{"id":1,"connect":{}}"#)
        try send(#"{"id":2,"subscribe":{"channel":"news:who"}}"#)
        try peer.wait(for: #""data":"192.0.2.9""#)
        try send(#"{"id":3,"subscribe":{"channel":"news:all"}}"#)
        try send(#"{"id":4,"publish":{"channel":"news:all","data":"who"}}"#)
        try peer.wait(for: #""pub":{"data":"192.0.2.9""#)
    }
}
