// SPDX-License-Identifier: Apache-2.0

import CWordFilter

/// A text as the filter compares it, and which of its characters each part stands for.
struct FoldedText {
    /// In UTF-16, which ICU works with; runs of what is neither letter nor digit are one space.
    private(set) var words: [UInt16] = []
    /// For each unit of `words`, the number of its character in the text.
    private(set) var wordOrigins: [Int] = []
    /// As `words`, but punctuation and digits stay what they are: for regular expressions.
    private(set) var plain: [UInt16] = []
    private(set) var plainOrigins: [Int] = []

    static let space = UInt16(ascii: " ")

    init(_ text: some StringProtocol) {
        var folded = text.enumerated().map { (units: Self.fold($0.element), origin: $0.offset) }
        for character in folded {
            plain += character.units
            plainOrigins += repeatElement(character.origin, count: character.units.count)
        }
        Self.readDisguises(&folded)
        for character in folded { append(character.units, character.origin) }
        joinSpelledOut()
    }

    private mutating func append(_ units: [UInt16], _ origin: Int) {
        for unit in units {
            let unit = Self.isWord(unit) ? unit : Self.space
            if unit == Self.space, words.last == Self.space { continue }
            words.append(unit)
            wordOrigins.append(origin)
        }
    }

    private static func fold(_ character: Character) -> [UInt16] {
        if let ascii = character.asciiValue {
            let isCapital = UInt8(ascii: "A")...UInt8(ascii: "Z") ~= ascii
            return [UInt16(isCapital ? ascii + 32 : ascii)]
        }
        let units = Array(String(character).utf16)
        let capacity = 64
        return unsafe [UInt16](unsafeUninitializedCapacity: capacity) { buffer, count in
            // Writes at most `capacity` units, and says how many.
            let written = unsafe word_filter_fold(
                units,
                Int32(units.count),
                buffer.baseAddress,
                Int32(capacity)
            )
            count = Int(max(0, written))
        }
    }

    /// A letter or a digit of any script; a unit of a surrogate pair counts as one.
    static func isWord(_ unit: UInt16) -> Bool {
        guard let scalar = Unicode.Scalar(unit) else { return true }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber:
            return true
        default:
            return false
        }
    }

    private static func isLetter(_ unit: UInt16) -> Bool {
        isWord(unit) && !(UInt16(ascii: "0")...UInt16(ascii: "9") ~= unit)
    }

    /// Digits and signs that are read as letters, where there is a letter in the same word.
    private static let disguises: [UInt16: UInt16] = [
        "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i",
    ].reduce(into: [:]) { $0[UInt16(ascii: $1.key)] = UInt16(ascii: $1.value) }

    /// `h3ll0` is read as `hello`; `455` and `5$` stay numbers, and `oh!` an exclamation.
    private static func readDisguises(_ text: inout [(units: [UInt16], origin: Int)]) {
        let spaces = Set([" ", "\t", "\n", "\u{A0}"].flatMap { Array($0.utf16) })
        var start = 0
        while start < text.count {
            let isSpace = text[start].units.contains { spaces.contains($0) }
            guard !isSpace else {
                start += 1
                continue
            }
            let end =
                text[start...].firstIndex { $0.units.contains { spaces.contains($0) } }
                ?? text.count
            if text[start..<end].contains(where: { $0.units.contains(where: isLetter) }) {
                reveal(&text, start..<end)
            }
            start = end
        }
    }

    private static func reveal(
        _ text: inout [(units: [UInt16], origin: Int)],
        _ range: Range<Int>
    ) {
        for index in range {
            guard let only = text[index].units.first, text[index].units.count == 1,
                let letter = disguises[only]
            else { continue }
            // A sign at the end of a word ends a sentence.
            let next = index + 1 < range.upperBound ? text[index + 1].units.first : nil
            let stands = isWord(only) || next.map { isWord($0) || disguises[$0] != nil } == true
            if stands { text[index].units = [letter] }
        }
    }

    /// `b a d` and `b.a.d` are read as `bad`: three and more letters that stand alone are one word.
    private mutating func joinSpelledOut() {
        var joined: [UInt16] = []
        var origins: [Int] = []
        var index = 0
        while index < words.count {
            let run = spelledOut(from: index)
            if run.count >= 3 {
                joined += run.map { words[$0] }
                origins += run.map { wordOrigins[$0] }
                index = (run.last ?? index) + 1
            } else {
                joined.append(words[index])
                origins.append(wordOrigins[index])
                index += 1
            }
        }
        words = joined
        wordOrigins = origins
    }

    /// The places of letters that stand alone, from a word's beginning on.
    private func spelledOut(from start: Int) -> [Int] {
        guard start == 0 || words[start - 1] == Self.space else { return [] }
        var places: [Int] = []
        var index = start
        while index < words.count, words[index] != Self.space,
            index + 1 >= words.count || words[index + 1] == Self.space
        {
            places.append(index)
            index += 2
        }
        return places
    }
}

extension UInt16 {
    init(ascii scalar: Unicode.Scalar) { self = UInt16(UInt8(ascii: scalar)) }
}
