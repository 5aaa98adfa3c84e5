// SPDX-License-Identifier: Apache-2.0

@testable import Tokens

/// Public keys from a file or a server.
enum KeyDocumentTarget: FuzzTarget {
    static let name = "key-document"

    static let seeds = texts(
        #"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"e","use":"sig","alg":"ES256","key_ops":["verify"]}]}"#,
        #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
        #"{"keys":[{"kty":"RSA","n":"sXch","e":"AQAB"},{"kty":"oct","k":"AAAA"}]}"#,
        """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
        -----END PUBLIC KEY-----

        """
    )

    static func run(_ bytes: [UInt8]) {
        do throws(KeyError) {
            let keys = try KeyDocument.read(bytes)
            precondition(!keys.isEmpty && keys.count <= TokenLimit.keys)
            let ring = TokenVerifier(keys: keys)
            for token in tokens { _ = try? ring.verify(token, nowSeconds: 0) }
        } catch {
            precondition(!error.description.isEmpty, "refused without a reason")
        }
    }

    /// `{"alg":"..."}`, `{}` and 64 zeros, by no key that there is.
    private static let tokens = ["RS256", "ES256", "EdDSA"].compactMap { algorithm in
        Base64URL.encode(Array(#"{"alg":"\#(algorithm)"}"#.utf8)).map {
            $0 + ".e30." + String(repeating: "A", count: 86)
        }
    }
}
