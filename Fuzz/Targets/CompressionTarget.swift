// SPDX-License-Identifier: Apache-2.0

import Compression
import HTTP
import WebSocket

/// Compressed messages and the header that offers them (RFC 7692).
enum CompressionTarget: FuzzTarget {
    static let name = "compression"

    static let seeds: [[UInt8]] =
        [
            [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
            [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
            [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00],
            [0x4A, 0x4C, 0x1C, 0x05, 0xA3, 0x60, 0x14, 0x8C, 0x02, 0x08, 0x00],
        ]
        + texts(
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; server_max_window_bits=10; server_no_context_takeover, x-y; a=\"b\\\"\"",
            "permessage-deflate; client_no_context_takeover; client_max_window_bits=8"
        )

    /// Small, so that the fuzzer reaches it with the inputs that it makes.
    private static let maximumByteCount = 2_000
    // libFuzzer runs one input after the other, on one thread.
    nonisolated(unsafe) private static let inflater = Inflater()
    nonisolated(unsafe) private static let deflater = Deflater()

    static func run(_ bytes: [UInt8]) {
        if let header = String(validating: bytes, as: UTF8.self) {
            var headers = HTTPHeaders()
            headers.append("Sec-WebSocket-Extensions", header)
            _ = DeflateOffer.answer(to: headers)
        }
        // Whatever is inflated or refused, the next message is read as if it had not been.
        if let plain = try? unsafe inflater.inflate(bytes, maximumByteCount: maximumByteCount) {
            precondition(plain.count <= maximumByteCount, "a bomb went off")
            check(plain)
        }
        check(bytes)
    }

    private static func check(_ plain: [UInt8]) {
        let again = try? unsafe inflater.inflate(
            deflater.deflate(plain[...]),
            maximumByteCount: plain.count
        )
        precondition(again == plain, "what was compressed is not what comes out")
    }
}
