// SPDX-License-Identifier: Apache-2.0

import Digests
import Testing

@Suite struct SHA1Tests {
    /// FIPS 180-2, appendix A.1.
    @Test func matchesThePublishedExample() {
        let hexadecimal = SHA1.digest(Array("abc".utf8)).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 0xF, radix: 16)
        }
        #expect(hexadecimal.joined() == "a9993e364706816aba3e25717850c26c9cd0d89d")
    }
}
