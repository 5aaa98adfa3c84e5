// SPDX-License-Identifier: Apache-2.0

import Manifest
import Reactor
import TLS
import Worker

/// Reads the certificates and keys that a manifest names, and finds out whether they can be used.
///
/// Workers get what was read here, not the files: all of them, at any time, speak what was checked.
/// After `user:` the supervisor itself is that user, so what root alone may read is read at the start
/// and can no longer be read at a reload.
enum TLSFiles {
    /// `place`: where a key's value stands, or an element of its list.
    static func read(
        _ configuration: inout Configuration,
        place: (String, Int?) -> ConfigurationProblem.Source
    ) throws(ConfigurationError) {
        let settings = configuration.tls
        var problems: [ConfigurationProblem] = []
        var material: [CertificateMaterial] = []
        for (number, files) in settings.certificates.enumerated() {
            let source = place("tls.certificates", number)
            do throws(ReadingFailure) {
                material.append(try read(files))
            } catch {
                problems.append(ConfigurationProblem(source, "tls.certificates: \(error.reason)"))
            }
        }
        configuration.tls.material = material
        if !settings.clientCA.isEmpty {
            do throws(ReadingFailure) {
                let authorities = try bytes(of: settings.clientCA).bytes
                configuration.tls.clientAuthorities = authorities
            } catch {
                let source = place("tls.client_ca", nil)
                problems.append(ConfigurationProblem(source, "tls.client_ca: \(error.reason)"))
            }
        }
        if problems.isEmpty { problems += wrongChoices(configuration.tls, place) }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
    }

    private struct ReadingFailure: Error {
        let reason: String
    }

    private static func read(
        _ files: CertificateFiles
    ) throws(ReadingFailure) -> CertificateMaterial {
        let certificates = try bytes(of: files.certificate).bytes
        let key = try bytes(of: files.key)
        let writableByOthers: UInt32 = 0o022
        let readableByOthers: UInt32 = 0o004
        guard key.mode & writableByOthers == 0 else {
            throw ReadingFailure(
                reason: "the key \(files.key) can be written by others; run: chmod 600 \(files.key)"
            )
        }
        if key.mode & readableByOthers != 0 {
            Console.complain(
                "tally: warning: the key \(files.key) can be read by everyone; "
                    + "run: chmod 600 \(files.key)"
            )
        }
        do throws(TLSServerError) {
            let identity = TLSIdentity(certificates: certificates, key: key.bytes)
            let server = try TLSServer(TLSServerOptions(identities: [identity]))
            warnOfExpiry(server.expiries[0], files.certificate)
        } catch {
            let path = error.reason.isAboutKey ? files.key : files.certificate
            throw ReadingFailure(reason: "\(path): \(error.reason)")
        }
        return CertificateMaterial(certificates: certificates, key: Secret(key.bytes))
    }

    private static func bytes(
        of path: String
    ) throws(ReadingFailure) -> (bytes: [UInt8], mode: UInt32) {
        do throws(SystemError) {
            let file = try File.open(path, for: .reading)
            let mode = try File.permissions(file)
            let bytes = try File.read(file, maximumByteCount: TLSServer.maximumFileByteCount)
            return (bytes, mode)
        } catch {
            throw ReadingFailure(
                reason: error.isPermissionDenied
                    ? "\(error); Tally runs as user \(Account.currentName) and must be able to read it"
                    : "\(error)"
            )
        }
    }

    /// Served all the same: an expired certificate is better than a service that does not start,
    /// and clients say clearly what is wrong.
    private static func warnOfExpiry(_ expiry: Int64?, _ path: String) {
        guard let expiry else { return }
        let day: Int64 = 86_400
        let left = expiry - WallClock.now() / 1_000
        if left < 0 {
            Console.complain("tally: warning: \(path) has expired; clients will refuse it")
        } else if left < 14 * day {
            Console.complain("tally: warning: \(path) expires in \(left / day) days; renew it")
        }
    }

    /// What is wrong beside the certificates.
    private static func wrongChoices(
        _ settings: TLSSettings,
        _ place: (String, Int?) -> ConfigurationProblem.Source
    ) -> [ConfigurationProblem] {
        guard !settings.material.isEmpty else { return [] }
        do throws(TLSServerError) {
            _ = try TLSServer(TLSServerOptions(settings, ticketSecret: nil))
            return []
        } catch {
            let key =
                switch error.reason {
                case .unknownCiphers: "tls.ciphers"
                case .noAuthority: "tls.client_ca"
                default: "tls.certificates"
                }
            return [
                ConfigurationProblem(place(key, nil), "\(key): \(error.reason)")
            ]
        }
    }
}

extension TLSError {
    fileprivate var isAboutKey: Bool {
        switch self {
        case .noKey, .encryptedKey, .keyMismatch: true
        default: false
        }
    }
}
