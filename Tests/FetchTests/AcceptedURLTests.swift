// SPDX-License-Identifier: Apache-2.0

import Fetch
import Testing

/// Keys that decide who somebody is come over TLS, or from this machine itself.
@Suite struct AcceptedURLTests {
    @Test(arguments: [
        "https://issuer.example/jwks", "http://localhost", "http://localhost/jwks",
        "http://localhost:8080/jwks", "http://127.0.0.1:1", "http://[::1]:8080/jwks",
    ])
    func takesTLSAndThisMachine(url: String) {
        #expect(HTTPSFetcher.accepts(url))
    }

    @Test(arguments: [
        "", "https://", "http://issuer.example/jwks", "http://localhost.issuer.example/",
        // What comes before the @ is a user's name and password.
        "http://localhost:x@issuer.example/jwks", "http://localhost:1@issuer.example/",
        "http://127.0.0.1@issuer.example/", "http://localhost?@issuer.example/", "file:///keys",
    ])
    func takesNothingElse(url: String) {
        #expect(!HTTPSFetcher.accepts(url))
    }
}
