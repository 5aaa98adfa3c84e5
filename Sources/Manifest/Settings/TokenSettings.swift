// SPDX-License-Identifier: Apache-2.0

/// How connection and subscription tokens are checked.
package struct TokenSettings: Hashable, Sendable {
    /// The file with the HS256 secret; empty: `token.secret` in the data folder.
    package var secretFile: String = ""
    /// Required `iss` of every token; empty: not checked.
    package var issuer: String = ""
    /// Required `aud` of every token; empty: not checked.
    package var audience: String = ""
    /// The secret itself, once `serve` has read it; never a key of the manifest.
    package var secret = Secret()

    package init() {}
}

/// Key bytes that no description, log line or dump shows.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    package var isEmpty: Bool { bytes.isEmpty }
    package var description: String { bytes.isEmpty ? "(none)" : "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
