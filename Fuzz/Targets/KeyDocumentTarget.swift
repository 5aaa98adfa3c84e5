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
        guard let keys = try? KeyDocument.read(bytes) else { return }
        precondition(!keys.isEmpty && keys.count <= TokenLimit.keys)
    }
}
