// SPDX-License-Identifier: Apache-2.0

import Fetch
import Manifest
import Reactor
import Tokens

/// The public keys that the manifest names, read and checked once for all workers.
enum PublicKeyFiles {
    static func read(_ settings: TokenSettings) throws(CommandFailure) -> [[UInt8]] {
        guard settings.jwksURL.isEmpty || HTTPSFetcher.accepts(settings.jwksURL) else {
            throw CommandFailure(
                .configuration,
                "tokens.jwks_url: expected an https address",
                advice: "http is for an address of this machine only: whoever is between could "
                    + "put in keys of their own"
            )
        }
        var documents: [[UInt8]] = []
        for path in settings.publicKeyFiles { documents.append(try read(path)) }
        return documents
    }

    private static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
        let contents: [UInt8]
        do throws(SystemError) {
            contents = try File.read(
                File.open(path, for: .reading),
                maximumByteCount: TokenLimit.keyDocument
            )
        } catch {
            throw CommandFailure(
                .configuration,
                "tokens.public_key_files: \(error)",
                advice: "it must be a file that this user may read"
            )
        }
        do throws(KeyError) {
            _ = try KeyDocument.read(contents)
        } catch {
            throw CommandFailure(
                .configuration,
                "tokens.public_key_files: \(path): \(error)",
                advice: "make the public half of a key with: openssl pkey -in KEY -pubout"
            )
        }
        return contents
    }
}
