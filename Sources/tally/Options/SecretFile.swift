// SPDX-License-Identifier: Apache-2.0

import Manifest
import Reactor
import Tokens

/// Finds, reads and makes the secret that signs tokens; it is never printed.
enum SecretFile {
    static let environmentName = "TALLY_TOKEN_SECRET"

    static func defaultPath(data: String) -> String { data + "/token.secret" }

    static func fromEnvironment(_ environment: [String: String]) throws(CommandFailure) -> Secret? {
        guard let text = environment[environmentName] else { return nil }
        return try checked(TokenSecret.trimmed(Array(text.utf8)), source: environmentName)
    }

    static func read(_ path: String) throws(CommandFailure) -> Secret {
        let contents: [UInt8]
        let mode: UInt32
        do throws(SystemError) {
            let file = try File.open(path, for: .reading)
            mode = try File.permissions(file)
            contents = try File.read(file, maximumByteCount: maximumFileByteCount)
        } catch {
            throw CommandFailure(
                .configuration,
                "the token secret: \(error)",
                advice: error.isMissingFile
                    ? "name the file: to tally serve by tokens.secret_file in the manifest, "
                        + "to others with --secret-file"
                    : "it must be a file that this user may read"
            )
        }
        try check(mode, of: path)
        return try checked(TokenSecret.trimmed(contents), source: path)
    }

    /// Writes a new secret, readable by its owner alone.
    static func make(at path: String) throws(CommandFailure) -> Secret {
        var generator = SystemRandomNumberGenerator()
        let secret = TokenSecret.random(using: &generator)
        // A reader never sees half of it.
        let draft = path + ".new"
        do throws(SystemError) {
            try File.write(File.open(draft, for: .replacing), secret + [UInt8(ascii: "\n")])
            try File.rename(draft, to: path)
        } catch {
            throw CommandFailure(
                .configuration,
                "cannot make the token secret: \(error)",
                advice: "make the data folder writable, or choose another with --data"
            )
        }
        return Secret(secret)
    }

    /// More than any secret with its newline.
    private static let maximumFileByteCount = 4_096

    private static func checked(
        _ bytes: [UInt8],
        source: String
    ) throws(CommandFailure) -> Secret {
        do throws(TokenSecretError) {
            _ = try TokenSigner(secret: bytes)
        } catch {
            throw CommandFailure(
                .configuration,
                "the token secret from \(source): \(error)",
                advice: "make one with: openssl rand -hex 32"
            )
        }
        return Secret(bytes)
    }

    /// Whoever can write it can sign anything; whoever can read it, too, but some systems hand out
    /// secrets that way.
    private static func check(_ mode: UInt32, of path: String) throws(CommandFailure) {
        if mode & 0o022 != 0 {
            throw CommandFailure(
                .permission,
                "the token secret \(path) can be written by others",
                advice: "run: chmod 600 \(path)"
            )
        }
        if mode & 0o044 != 0 {
            Console.complain(
                "tally: warning: the token secret \(path) can be read by others; "
                    + "run: chmod 600 \(path)"
            )
        }
    }
}
