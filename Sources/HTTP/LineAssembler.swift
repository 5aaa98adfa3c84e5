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
            if endsWithCarriageReturn {
                guard bytes[offset] == UInt8(ascii: "\n") else { throw .badLineEnd }
                offset += 1
                endsWithCarriageReturn = false
                let complete = line
                line = []
                return complete
            }
            let start = offset
            while offset < bytes.count, !bytes[offset].isForbiddenControl { offset += 1 }
            guard line.count + (offset - start) <= maximumByteCount else { throw .lineTooLong }
            line.append(bytes, start..<offset)
            guard offset < bytes.count else { return nil }
            switch bytes[offset] {
            case UInt8(ascii: "\r"): endsWithCarriageReturn = true
            case UInt8(ascii: "\n"): throw .badLineEnd
            default: throw .controlCharacter
            }
            offset += 1
        }
        return nil
    }
}
