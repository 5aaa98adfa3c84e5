// SPDX-License-Identifier: Apache-2.0

import HTTP

/// A piece of a streamed body that any number of connections send from the same memory.
package final class BodyChunk {
    private let payload: [UInt8]

    /// In the chunked transfer coding, as HTTP/1.1 has it.
    let chunked: SharedFrame

    /// As it is, for HTTP/1.0; made when the first such client is there.
    private(set) lazy var plain = SharedFrame(
        encoded: payload,
        conflationKey: chunked.conflationKey
    )

    /// - Parameters:
    ///   - payload: at least one byte; none would be the end of the body.
    ///   - conflationKey: names pieces of which only the newest matters; nil: it always does.
    package init(_ payload: [UInt8], conflationKey: ConflationKey? = nil) {
        precondition(!payload.isEmpty, "an empty chunk would end the body")
        self.payload = payload
        chunked = SharedFrame(
            encoded: ChunkedBodyEncoder.encode(payload),
            conflationKey: conflationKey
        )
    }
}
