// SPDX-License-Identifier: Apache-2.0

import CJose

/// libjose's base64url without padding (RFC 4648 §5).
enum Base64URL {
    static func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8 { input in
            let needed = unsafe jose_b64_dec_buf(input.baseAddress, input.count, nil, 0)
            // SIZE_MAX, which is -1 here, says that no text has this length.
            guard needed >= 0 else { return nil }
            var isDecoded = false
            // libjose writes at most the bytes that it said it needs.
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: needed) { output, written in
                let result = unsafe jose_b64_dec_buf(
                    input.baseAddress,
                    input.count,
                    output.baseAddress,
                    output.count
                )
                isDecoded = result == needed
                written = isDecoded ? needed : 0
            }
            return isDecoded ? bytes : nil
        }
    }

    static func encode(_ bytes: [UInt8]) -> String? {
        unsafe bytes.withUnsafeBufferPointer { input in
            let needed = unsafe jose_b64_enc_buf(input.baseAddress, input.count, nil, 0)
            guard needed >= 0 else { return nil }
            var isEncoded = false
            let text = unsafe String(unsafeUninitializedCapacity: needed) { output in
                let result = unsafe jose_b64_enc_buf(
                    input.baseAddress,
                    input.count,
                    output.baseAddress,
                    output.count
                )
                isEncoded = result == needed
                return isEncoded ? needed : 0
            }
            return isEncoded ? text : nil
        }
    }
}
