// SPDX-License-Identifier: Apache-2.0

extension [UInt8] {
    /// Appends a part of a span, which the standard library cannot do yet.
    package mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let part = bytes.extracting(range)
        append(addingCapacity: part.count) { output in
            for index in part.indices { output.append(part[index]) }
        }
    }
}
