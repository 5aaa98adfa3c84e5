// SPDX-License-Identifier: Apache-2.0

import CWordFilter

/// A regular expression that gives up rather than take long.
///
/// `@unchecked`: it is never changed, and a search works on a copy of ICU's.
@safe
final class WordRegex: @unchecked Sendable {
    enum Outcome: Equatable {
        case ranges([Range<Int>])
        /// It needed more steps, or more memory, than it may have.
        case gaveUp
    }

    struct SyntaxError: Error, Equatable {
        let message: String
    }

    /// Of the matcher's, a few milliseconds: a pattern that needs more for 500 characters is a mistake.
    static let maximumSteps: Int32 = 5
    /// Matches of one pattern in one comment; one is enough to refuse it, more are for masking.
    static let maximumMatchCount = 64

    private let regex: OpaquePointer

    init(_ pattern: String) throws(SyntaxError) {
        let units = Array(pattern.utf16)
        var message = [CChar](repeating: 0, count: 128)
        // Reads `units` for the call, and writes at most the size of `message`.
        let regex = unsafe word_filter_regex_open(
            units,
            Int32(units.count),
            &message,
            message.count
        )
        guard let regex = unsafe regex else {
            let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw SyntaxError(message: String(decoding: text, as: UTF8.self))
        }
        unsafe self.regex = regex
    }

    deinit {
        unsafe word_filter_regex_close(regex)
    }

    func find(in text: [UInt16]) -> Outcome {
        var ranges: [Range<Int>] = []
        var from: Int32 = 0
        while ranges.count < Self.maximumMatchCount, from <= text.count {
            var start: Int32 = 0
            var end: Int32 = 0
            let found = unsafe word_filter_regex_find(
                regex,
                text,
                Int32(text.count),
                from,
                Self.maximumSteps,
                &start,
                &end
            )
            if found < 0 { return .gaveUp }
            if found == 0 { break }
            if end > start { ranges.append(Int(start)..<Int(end)) }
            from = max(end, start + 1)
        }
        return .ranges(ranges)
    }
}
