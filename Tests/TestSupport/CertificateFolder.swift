// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Certificates of an authority of its own, made by the `openssl` command; gone with the test.
package final class CertificateFolder {
    package let path: String

    package enum Key {
        case ecdsa
        case rsa

        fileprivate var arguments: [String] {
            switch self {
            case .ecdsa: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
            case .rsa: ["-newkey", "rsa:2048"]
            }
        }
    }

    package init() throws {
        path = NSTemporaryDirectory() + "tally-certificates-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true
        )
        try openssl(
            ["req", "-x509"] + Key.ecdsa.arguments + [
                "-nodes", "-keyout", file("ca.key"), "-out", authority,
                "-subj", "/CN=Authority of a test", "-days", "2",
            ]
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    package var authority: String { file("ca.pem") }

    package func file(_ name: String) -> String { path + "/" + name }

    /// Makes NAME.pem and NAME.key; `days` may be negative, for one that has expired.
    package func make(
        _ name: String,
        _ key: Key = .ecdsa,
        names: String = "DNS:localhost,IP:127.0.0.1,IP:::1",
        days: Int = 2
    ) throws {
        try openssl(
            ["req"] + key.arguments + [
                "-nodes", "-keyout", file(name + ".key"), "-out", file(name + ".csr"),
                "-subj", "/CN=" + name,
            ]
        )
        try ("subjectAltName=" + names).write(
            toFile: file(name + ".ext"),
            atomically: true,
            encoding: .utf8
        )
        try openssl([
            "x509", "-req", "-in", file(name + ".csr"), "-CA", authority, "-CAkey", file("ca.key"),
            "-CAcreateserial", "-out", file(name + ".pem"), "-extfile", file(name + ".ext"),
            "-days", "\(days)",
        ])
    }

    package func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    /// The manifest's section for some of them.
    package func manifest(_ names: String...) -> String {
        "tls:\n  certificates:\n"
            + names.map { "    - \(file($0 + ".pem")):\(file($0 + ".key"))\n" }.joined()
    }

    /// Runs `openssl` to its end.
    ///
    /// - Returns: what it wrote to standard output and error.
    @discardableResult
    package func openssl(_ arguments: [String], input: String = "") throws -> String {
        let process = Process()
        let output = Pipe()
        let standardInput = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardOutput = output
        process.standardError = output
        process.standardInput = standardInput
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    /// Asks a server for its health as `openssl s_client` does, with more arguments.
    ///
    /// - Returns: what the command tells of the connection, and the answer.
    package func ask(_ address: String, _ arguments: String...) throws -> String {
        try openssl(
            ["s_client", "-connect", address, "-CAfile", authority, "-ign_eof"] + arguments,
            input: "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
    }
}
