// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import TLS

/// What certificates and choices a server takes, and what it says of those that it does not.
@Suite struct TLSServerTests {
    private let folder: CertificateFolder

    init() throws {
        folder = try CertificateFolder()
        try folder.make("one")
    }

    private func identity(_ name: String = "one", key: String = "one") throws -> TLSIdentity {
        TLSIdentity(
            certificates: try folder.bytes(name + ".pem"),
            key: try folder.bytes(key + ".key")
        )
    }

    private func refusal(_ options: TLSServerOptions) -> TLSServerError? {
        #expect(throws: TLSServerError.self) { try TLSServer(options) }
    }

    @Test func takesCertificatesOfSeveralKindsForOneName() throws {
        try folder.make("rsa", .rsa)
        let server = try TLSServer(
            TLSServerOptions(identities: [identity(), identity("rsa", key: "rsa")])
        )
        #expect(server.expiries.count == 2)
    }

    @Test func tellsUntilWhenACertificateIsValid() throws {
        try folder.make("old", days: -1)
        let server = try TLSServer(
            TLSServerOptions(identities: [identity(), identity("old", key: "old")])
        )
        let day: Int64 = 86_400
        let now = try #require(server.expiries[0]) - 2 * day
        let old = try #require(server.expiries[1])
        #expect(abs(now - old - day) < 60, "made within a minute of each other")
    }

    @Test func namesTheIdentityThatCannotBeUsedAndWhy() throws {
        try folder.make("other")
        try folder.openssl([
            "pkey", "-in", folder.file("one.key"), "-aes128", "-passout", "pass:secret",
            "-out", folder.file("locked.key"),
        ])
        let expected: [(TLSIdentity, TLSError)] = [
            (try identity(key: "other"), .keyMismatch),
            (try identity(key: "locked"), .encryptedKey),
            (TLSIdentity(certificates: [], key: []), .noCertificate),
            (
                TLSIdentity(certificates: try folder.bytes("one.pem"), key: Array("x".utf8)),
                .noKey
            ),
        ]
        for (bad, reason) in expected {
            let error = refusal(TLSServerOptions(identities: [try identity(), bad]))
            #expect(error?.reason == reason)
            #expect(error?.identity == 1)
        }
    }

    @Test func aCertificateThatIsCutOffIsNone() throws {
        let whole = try folder.bytes("one.pem")
        let bad = TLSIdentity(
            certificates: whole + whole.prefix(whole.count / 2),
            key: try folder.bytes("one.key")
        )
        #expect(refusal(TLSServerOptions(identities: [bad]))?.reason == .noCertificate)
    }

    @Test func aShortKeyIsRefused() throws {
        try folder.openssl([
            "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", folder.file("short.key"),
            "-out", folder.file("short.pem"), "-subj", "/CN=short", "-days", "2",
        ])
        let short = try identity("short", key: "short")
        guard case .refused = refusal(TLSServerOptions(identities: [short]))?.reason else {
            Issue.record("a key of 1024 bits was taken")
            return
        }
    }

    @Test func ciphersThatOpenSSLDoesNotKnowAreRefused() throws {
        var options = TLSServerOptions(identities: [try identity()])
        options.ciphers = "NOTHING"
        #expect(refusal(options)?.reason == .unknownCiphers)
    }

    /// A ticket from before would let somebody in whose certificate counts no more, or who had none.
    @Test func sessionsAreResumedOnlyUnderTheSameRuleForClients() throws {
        var options = TLSServerOptions(identities: [try identity()])
        let open = TLSContext.sessionName(options)
        options.clientAuthorities = Array("one".utf8)
        #expect(TLSContext.sessionName(options) == open, "nobody asks them")
        options.clientVerification = .required
        let required = TLSContext.sessionName(options)
        #expect(TLSContext.sessionName(options) == required)
        options.clientVerification = .optional
        let optional = TLSContext.sessionName(options)
        options.clientAuthorities = Array("two".utf8)
        let others = TLSContext.sessionName(options)
        #expect(Set([open, required, optional, others]).count == 4)
        #expect(required.count == 32)
    }

    @Test func verifyingClientsNeedsAnAuthority() throws {
        var options = TLSServerOptions(identities: [try identity()])
        options.clientVerification = .required
        #expect(refusal(options)?.reason == .noAuthority)
    }

    @Test func anAuthorityThatIsNoneIsRefusedByClients() {
        #expect(throws: TLSError.noAuthority) {
            try TLSClient(trusting: .authorities(Array("nothing".utf8)))
        }
    }
}
