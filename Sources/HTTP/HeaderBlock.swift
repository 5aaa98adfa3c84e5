// SPDX-License-Identifier: Apache-2.0

/// Collects the field lines of a head, or of a chunked body's trailer, up to the empty line.
struct HeaderBlock: Sendable {
    private var line = LineAssembler()
    private var headers: HTTPHeaders = [:]
    private var byteCount = 0

    /// Takes bytes up to the end of the block; returns the fields once the empty line is there.
    ///
    /// Each line counts with its CR LF against `maximumByteCount`, and is refused as soon as it
    /// passes it, not when it ends.
    mutating func consume(
        _ bytes: Span<UInt8>,
        from offset: inout Int,
        maximumByteCount: Int,
        maximumFieldCount: Int
    ) throws(HeadError) -> HTTPHeaders? {
        while offset < bytes.count {
            let complete: [UInt8]?
            do throws(HeadError) {
                complete = try line.consume(
                    bytes,
                    from: &offset,
                    maximumByteCount: maximumByteCount - byteCount
                )
            } catch .lineTooLong {
                throw .headerTooLarge
            }
            guard let complete else { return nil }
            if complete.isEmpty { return headers }
            byteCount = min(byteCount + complete.count + 2, maximumByteCount)
            guard headers.fields.count < maximumFieldCount else { throw .tooManyFields }
            headers.append(try HeaderFieldLine.parse(complete))
        }
        return nil
    }
}
