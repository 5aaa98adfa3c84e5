// SPDX-License-Identifier: Apache-2.0

/// Collects one line of a message's head from whatever pieces it arrives in.
///
/// Only CR LF ends a line. RFC 9112 §2.2 lets a recipient take a bare LF too, but two parsers that
/// differ in that are how requests are smuggled, so bare CR and bare LF are refused, and control
/// characters as soon as they are seen (a TLS client's hello ends here at its first bytes).
struct LineAssembler: Sendable {
    private var line: [UInt8] = []
    private var endsWithCarriageReturn = false

    var isEmpty: Bool { line.isEmpty && !endsWithCarriageReturn }

    /// Takes bytes up to the end of the line; returns the line without it once it is complete.
    mutating func consume(
        _ bytes: Span<UInt8>,
        from offset: inout Int,
        maximumByteCount: Int
    ) throws(HeadError) -> [UInt8]? {
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            if endsWithCarriageReturn {
                guard byte == UInt8(ascii: "\n") else { throw .badLineEnd }
                endsWithCarriageReturn = false
                let complete = line
                line = []
                return complete
            }
            switch byte {
            case UInt8(ascii: "\r"):
                endsWithCarriageReturn = true
            case UInt8(ascii: "\n"):
                throw .badLineEnd
            case _ where byte.isForbiddenControl:
                throw .controlCharacter
            default:
                guard line.count < maximumByteCount else { throw .lineTooLong }
                line.append(byte)
            }
        }
        return nil
    }
}
