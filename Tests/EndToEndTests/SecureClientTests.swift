// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import Foundation
import JSON
import Reactor
import StatusPage
import TLS
import TestSupport
import Testing

/// Clients of Tally's own over TLS and Unix sockets, and what a reload is to them.
@Suite(.serialized) struct SecureClientTests {
    private let certificates: CertificateFolder

    init() throws {
        certificates = try CertificateFolder()
    }

    @Test func commandsReachEveryKindOfListener() throws {
        try certificates.make("one")
        let socket = certificates.file("tally.sock")
        let server = try TallyServer(
            workers: 2,
            manifest: certificates.manifest("one"),
            listen: ["127.0.0.1:0 tls", "unix:\(socket)"]
        )
        let address = try address(of: server)
        let trusted = ["--ca", certificates.authority]
        func run(_ command: String, _ url: String, _ more: [String] = []) throws {
            let result = try server.run(["stream", command, "one", "--url", url] + more)
            #expect(result.status == 0, "\(result.errors)")
        }
        try run("start", "wss://\(address)", trusted)
        try run("show", "https://\(address)", trusted)
        try run("show", "wss://\(address)/connection/websocket", trusted)
        try run("show", "unix:\(socket)")
    }

    @Test func aCommandTalksToNobodyWhomItCannotTrust() throws {
        try certificates.make("other", names: "DNS:other.example")
        let server = try TallyServer(
            workers: 1,
            manifest: certificates.manifest("other"),
            listen: ["127.0.0.1:0 tls"]
        )
        let url = "wss://" + (try address(of: server))
        let unknown = try server.run(["stream", "list", "--url", url, "--timeout", "5s"])
        #expect(unknown.status != 0)
        #expect(unknown.errors.contains("certificate"), "\(unknown.errors)")
        let misnamed = try server.run(
            ["stream", "list", "--url", url, "--timeout", "5s", "--ca", certificates.authority]
        )
        #expect(misnamed.status != 0)
        #expect(misnamed.errors.contains("address mismatch"), "\(misnamed.errors)")
        // Somebody who speaks no TLS there.
        let plain = try server.run(
            ["stream", "list", "--url", url.replacing("wss", with: "ws"), "--timeout", "5s"]
        )
        #expect(plain.status != 0)
        #expect(try server.status().processes.allSatisfy { $0.phase == .serving })
    }

    /// TLS cannot move to another process, so its clients come back by themselves and recover.
    @Test func viewersOverTLSReconnectAtAReloadAndMissNothing() throws {
        try certificates.make("one")
        let server = try TallyServer(
            workers: 2,
            manifest: certificates.manifest("one") + "\n" + TallyServer.talkative,
            listen: ["127.0.0.1:0", "127.0.0.1:0 tls"]
        )
        let loop = try EventLoop()
        let studio = try Viewer(
            server,
            on: loop,
            token: try server.token(user: "host", [.subscribe, .publish, .control, .moderate])
        )
        try studio.call("live.start", #"{"stream":"show"}"#)
        let url = try ServerURL(parsing: "wss://" + (try address(of: server)))
        let security = try TLSClient(
            trusting: .authorities(try certificates.bytes("ca.pem"))
        )
        var viewers: [Viewer] = []
        for _ in 0..<8 {
            viewers.append(try Viewer(url, security, on: loop, watching: "show"))
        }
        let old = try workers(of: server)

        kill(server.pid, SIGHUP)
        var sent: [String] = []
        func say() throws {
            sent.append("c\(sent.count)")
            try studio.say(sent.last ?? "", in: "show")
        }
        while try !isReplaced(old, in: server)
            || viewers.contains(where: { causes(of: $0).isEmpty })
        {
            try #require(sent.count < 5_000, "the viewers were not asked to reconnect")
            try say()
        }
        for _ in 0..<5 { try say() }
        for viewer in viewers {
            try viewer.wait(for: "every comment") {
                viewer.comments(in: "show").count >= sent.count
            }
            #expect(viewer.comments(in: "show") == sent)
            // Again where it came back to a worker whose turn was still to come.
            let asked = Disconnection.Cause.closed(code: 3011, reason: "force reconnect")
            #expect(causes(of: viewer).allSatisfy { $0 == asked })
        }
        #expect(causes(of: studio).isEmpty, "plain connections move")
        let snapshot = try studio.call("live.get", #"{"stream":"show"}"#)
        #expect(snapshot["generation"]?.integer == 1)
        #expect(snapshot["viewers"]?.integer == 8)
    }

    private func address(of server: TallyServer) throws -> String {
        let address = try server.status().addresses.first { $0.hasSuffix(" tls") }
        return try #require(address).replacing(" tls", with: "")
    }

    private func workers(of server: TallyServer) throws -> [Int] {
        try server.status().processes.filter { $0.identity.role == .worker }.map(\.pid)
    }

    private func isReplaced(_ old: [Int], in server: TallyServer) throws -> Bool {
        let now = try server.status().processes.filter { $0.identity.role == .worker }
        return now.count == old.count
            && now.allSatisfy { $0.phase == .serving && !old.contains($0.pid) }
    }

    private func causes(of viewer: Viewer) -> [Disconnection.Cause] {
        viewer.script.events.compactMap { event in
            if case .disconnected(let disconnection) = event { disconnection.cause } else { nil }
        }
    }
}
