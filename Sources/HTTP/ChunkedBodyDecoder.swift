// SPDX-License-Identifier: Apache-2.0

/// Undoes the chunked transfer coding (RFC 9112 §7.1); extensions and trailers are dropped.
struct ChunkedBodyDecoder: Sendable {
    private enum Phase {
        case size
        case data
        case dataEnd
        case trailer
    }

    private var phase = Phase.size
    private var line = LineAssembler()
    private var trailer = HeaderBlock()
    private var remaining = 0
    private var body: [UInt8] = []

    /// Takes bytes up to the body's end; returns the whole body once it is there.
    ///
    /// A chunk that would pass the limit is refused at its size line.
    mutating func consume(
        _ bytes: Span<UInt8>,
        from offset: inout Int,
        limits: HTTPLimits
    ) throws(HTTPRequestError) -> [UInt8]? {
        while offset < bytes.count {
            switch phase {
            case .size:
                guard
                    let text = try wholeLine(
                        bytes,
                        from: &offset,
                        HTTPLimits.maximumChunkLineByteCount
                    )
                else { return nil }
                remaining = try Self.size(text)
                guard remaining <= limits.maximumBodyByteCount - body.count else {
                    throw .bodyTooLarge
                }
                phase = remaining == 0 ? .trailer : .data
            case .data:
                let end = offset + min(remaining, bytes.count - offset)
                body.append(bytes, offset..<end)
                remaining -= end - offset
                offset = end
                if remaining == 0 { phase = .dataEnd }
            case .dataEnd:
                guard try wholeLine(bytes, from: &offset, 0) != nil else { return nil }
                phase = .size
            case .trailer:
                guard try trailerEnds(bytes, from: &offset, limits) else { return nil }
                return body
            }
        }
        return nil
    }

    private mutating func wholeLine(
        _ bytes: Span<UInt8>,
        from offset: inout Int,
        _ maximumByteCount: Int
    ) throws(HTTPRequestError) -> [UInt8]? {
        do throws(HeadError) {
            return try line.consume(bytes, from: &offset, maximumByteCount: maximumByteCount)
        } catch {
            throw .badChunk
        }
    }

    private mutating func trailerEnds(
        _ bytes: Span<UInt8>,
        from offset: inout Int,
        _ limits: HTTPLimits
    ) throws(HTTPRequestError) -> Bool {
        do throws(HeadError) {
            return try trailer.consume(
                bytes,
                from: &offset,
                maximumByteCount: limits.maximumHeaderByteCount,
                maximumFieldCount: limits.maximumHeaderFieldCount
            ) != nil
        } catch {
            throw HTTPRequestError(error)
        }
    }

    /// Hexadecimal digits, then nothing or `;` and an extension.
    private static func size(_ line: [UInt8]) throws(HTTPRequestError) -> Int {
        let digits = line.prefix { $0 != UInt8(ascii: ";") && !$0.isWhitespace }
        let rest = line[digits.endIndex...].drop(while: \.isWhitespace)
        guard !digits.isEmpty, rest.isEmpty || rest.first == UInt8(ascii: ";") else {
            throw .badChunk
        }
        var size = 0
        for digit in digits {
            guard let value = digit.hexadecimalValue else { throw .badChunk }
            let (shifted, overflows) = size.multipliedReportingOverflow(by: 16)
            guard !overflows else { throw .bodyTooLarge }
            size = shifted | Int(value)
        }
        return size
    }
}
