// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import StatusPage
import TestSupport
import Testing

/// TLS and the kinds of listening sockets, as clients of other makers see them.
@Suite(.serialized) struct TransportTests {
    private let certificates: CertificateFolder

    init() throws {
        certificates = try CertificateFolder()
    }

    @Test func plainAndTLSAndIPv6AndUnixServeSideBySide() throws {
        try certificates.make("one")
        let socket = certificates.file("tally.sock")
        let server = try TallyServer(
            workers: 1,
            manifest: certificates.manifest("one"),
            listen: [
                "127.0.0.1:0", "127.0.0.1:0 tls", "[::1]:0 tls", "unix:\(socket) mode=0660",
            ]
        )
        let addresses = try addresses(of: server)
        let health = "\"status\":\"ok\""
        #expect(try curl("http://\(addresses[0])/health").contains(health))
        for address in addresses[1...2] {
            let answer = try certificates.ask(address, "-alpn", "http/1.1")
            #expect(answer.contains("Verify return code: 0 (ok)"))
            #expect(answer.contains("ALPN protocol: http/1.1"))
            #expect(answer.contains(health))
        }
        #expect(try curl("http://tally/health", "--unix-socket", socket).contains(health))
        let mode = try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions]
        #expect(mode as? Int == 0o660)
    }

    @Test func browsersAreToldToComeOverTLSAloneWhereTheManifestSaysSo() throws {
        try certificates.make("one")
        let server = try TallyServer(
            workers: 1,
            manifest: certificates.manifest("one") + "  strict_transport_security: 365d\n",
            listen: ["127.0.0.1:0", "127.0.0.1:0 tls"]
        )
        let addresses = try addresses(of: server)
        let secure = try certificates.ask(addresses[1])
        #expect(secure.contains("Strict-Transport-Security: max-age=31536000\r\n"))
        // Over plain HTTP it would mean nothing, and browsers ignore it.
        let plain = try curl("http://\(addresses[0])/health", "--include")
        #expect(plain.contains("200") && !plain.contains("Strict-Transport-Security"))
    }

    @Test func theNameAndTheClientsAbilitiesChooseTheCertificate() throws {
        try certificates.make("first")
        try certificates.make("rsa", .rsa)
        try certificates.make("other", names: "DNS:other.example,DNS:*.wild.example")
        let server = try TallyServer(
            workers: 1,
            manifest: certificates.manifest("first", "rsa", "other"),
            listen: ["127.0.0.1:0 tls"]
        )
        let address = try addresses(of: server)[0]
        func subject(_ name: String, _ more: String...) throws -> String {
            let answer = try certificates.openssl(
                ["s_client", "-connect", address, "-servername", name] + more
            )
            return answer.firstMatch(of: /subject=CN = (\w+)/).map { String($0.1) } ?? answer
        }
        #expect(try subject("localhost") == "first")
        #expect(try subject("localhost", "-sigalgs", "RSA-PSS+SHA256") == "rsa")
        #expect(try subject("OTHER.example") == "other")
        #expect(try subject("a.wild.example") == "other")
        #expect(try subject("a.b.wild.example") == "first", "a star is one label")
        #expect(try subject("unknown.example") == "first")
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func aClientResumesAtWhicheverWorkerItComesBackTo(version: String) throws {
        try certificates.make("one")
        let server = try TallyServer(
            workers: 3,
            manifest: certificates.manifest("one"),
            listen: ["127.0.0.1:0 tls"]
        )
        let address = try addresses(of: server)[0]
        let session = certificates.file("session")
        let first = try certificates.ask(address, version, "-sess_out", session)
        #expect(first.contains("New, TLSv1"))
        // Twelve connections over three workers: with keys of each its own, some would fail.
        for _ in 0..<12 {
            let again = try certificates.ask(address, version, "-sess_in", session)
            #expect(again.contains("Reused, TLSv1"))
        }
    }

    @Test func aReloadChangesTheCertificateAndKeepsTickets() throws {
        try certificates.make("one")
        let server = try TallyServer(
            workers: 2,
            manifest: certificates.manifest("one"),
            listen: ["127.0.0.1:0 tls"]
        )
        let address = try addresses(of: server)[0]
        let session = certificates.file("session")
        let before = try certificates.ask(address, "-sess_out", session)
        try certificates.make("one")
        let reload = try server.run(["reload", "--data", server.folder])
        #expect(reload.status == 0, "\(reload.errors)")
        let after = try certificates.ask(address)
        #expect(after.contains("Verify return code: 0 (ok)"))
        #expect(certificate(in: after) != nil && certificate(in: after) != certificate(in: before))
        let resumed = try certificates.ask(address, "-sess_in", session)
        #expect(resumed.contains("Reused, "))
    }

    @Test func aBadCertificateChangesNothingAtAReload() throws {
        try certificates.make("one")
        let server = try TallyServer(
            workers: 1,
            manifest: certificates.manifest("one"),
            listen: ["127.0.0.1:0 tls"]
        )
        let address = try addresses(of: server)[0]
        try "damaged".write(
            toFile: certificates.file("one.pem"),
            atomically: true,
            encoding: .utf8
        )
        let reload = try server.run(["reload", "--data", server.folder])
        #expect(reload.status == 78)
        #expect(reload.errors.contains("tally.yaml:3:7: tls.certificates"))
        #expect(reload.errors.contains("no certificate in it"))
        #expect(try certificates.ask(address).contains("Verify return code: 0 (ok)"))
    }

    @Test func onlyClientsWithACertificateGetInWhereOneIsRequired() throws {
        try certificates.make("one")
        try certificates.make("client")
        let server = try TallyServer(
            workers: 1,
            manifest: certificates.manifest("one")
                + "  client_ca: \(certificates.authority)\n  client_verify: required\n",
            listen: ["127.0.0.1:0 tls"]
        )
        let address = try addresses(of: server)[0]
        let health = "\"status\":\"ok\""
        #expect(try !certificates.ask(address).contains(health))
        let known = try certificates.ask(
            address,
            "-cert",
            certificates.file("client.pem"),
            "-key",
            certificates.file("client.key")
        )
        #expect(known.contains(health))
    }

    @Test func whatIsOldOrUnknownIsRefused() throws {
        try certificates.make("one")
        let server = try TallyServer(
            workers: 1,
            manifest: certificates.manifest("one") + "  minimum_version: \"1.3\"\n",
            listen: ["127.0.0.1:0 tls"]
        )
        let address = try addresses(of: server)[0]
        #expect(try certificates.ask(address, "-tls1_2").contains("alert protocol version"))
        let protocols = try certificates.ask(address, "-alpn", "h2")
        #expect(protocols.contains("alert no application protocol"))
        // Bytes that are no TLS at all.
        #expect(try curl("http://\(address)/health") == "")
        #expect(try certificates.ask(address).contains("\"status\":\"ok\""))
    }

    /// Without what is spoken there, which `tally status` says behind them.
    private func addresses(of server: TallyServer) throws -> [String] {
        try server.status().addresses.map { $0.replacing(" tls", with: "") }
    }

    private func certificate(in text: String) -> Substring? {
        text.firstMatch(of: /-----BEGIN CERTIFICATE-----(.|\n)*?-----END/)?.output.0
    }

    /// What `curl` gets; empty when it gets nothing.
    private func curl(_ arguments: String...) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["curl", "--silent", "--max-time", "10"] + arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
