// SPDX-License-Identifier: Apache-2.0

import Channels

/// The kinds of value a key can have, each with its notation and its range.
extension Setting {
    typealias Path<Value> = any WritableKeyPath<Root, Value> & Sendable

    /// A scalar of any type that has a text notation.
    static func scalar<Value>(
        _ key: String,
        _ path: Path<Value>,
        expected: String,
        parse: @escaping @Sendable (String) -> Value?,
        text: @escaping @Sendable (Value) -> String
    ) -> Setting {
        Setting(
            key: key,
            shape: .scalar,
            expected: expected,
            apply: { (root: inout Root, texts: [String]) throws(InvalidValue) in
                guard texts.count == 1, let value = parse(texts[0]) else {
                    throw .expected(expected, found: texts.joined(separator: ","))
                }
                root[keyPath: path] = value
            },
            read: { [text($0[keyPath: path])] }
        )
    }

    /// A list of scalars.
    static func list<Element>(
        _ key: String,
        _ path: Path<[Element]>,
        expected: String,
        maximumCount: Int,
        parse: @escaping @Sendable (String) -> Element?,
        text: @escaping @Sendable (Element) -> String,
        element: ElementForm? = nil
    ) -> Setting {
        Setting(
            key: key,
            shape: .list,
            expected: "a list, each " + expected,
            apply: { (root: inout Root, texts: [String]) throws(InvalidValue) in
                guard texts.count <= maximumCount else {
                    throw InvalidValue("expected at most \(maximumCount) elements")
                }
                var elements: [Element] = []
                for (index, text) in texts.enumerated() {
                    guard let element = parse(text) else {
                        throw .expected(expected, found: text, element: index)
                    }
                    elements.append(element)
                }
                root[keyPath: path] = elements
            },
            read: { $0[keyPath: path].map(text) },
            element: element
        )
    }

    static func count(_ key: String, _ path: Path<Int>, in range: ClosedRange<Int>) -> Setting {
        scalar(
            key,
            path,
            expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            parse: { text in Int(text).flatMap { range.contains($0) ? $0 : nil } },
            text: { String($0) }
        )
    }

    static func byteCount(_ key: String, _ path: Path<Int>, in range: ClosedRange<Int>) -> Setting {
        let bounds = (range.lowerBound, range.upperBound)
        let (low, high) = (
            ByteCountNotation.text(of: bounds.0), ByteCountNotation.text(of: bounds.1)
        )
        return scalar(
            key,
            path,
            expected: "\(ByteCountNotation.hint), from \(low) to \(high)",
            parse: { ByteCountNotation.parse($0).flatMap { range.contains($0) ? $0 : nil } },
            text: { ByteCountNotation.text(of: $0) }
        )
    }

    static func duration(
        _ key: String,
        _ path: Path<Duration>,
        in range: ClosedRange<Duration>
    ) -> Setting {
        let low = DurationNotation.text(of: range.lowerBound)
        let high = DurationNotation.text(of: range.upperBound)
        return scalar(
            key,
            path,
            expected: "\(DurationNotation.hint), from \(low) to \(high)",
            parse: { DurationNotation.parse($0).flatMap { range.contains($0) ? $0 : nil } },
            text: { DurationNotation.text(of: $0) }
        )
    }

    static func flag(_ key: String, _ path: Path<Bool>) -> Setting {
        scalar(
            key,
            path,
            expected: "true or false",
            parse: { $0 == "true" ? true : $0 == "false" ? false : nil },
            text: { $0 ? "true" : "false" }
        )
    }

    /// One of an enum's names, or of some of them.
    static func choice<Value: RawRepresentable & Sendable>(
        _ key: String,
        _ path: Path<Value>,
        of values: [Value]
    ) -> Setting where Value.RawValue == String {
        scalar(
            key,
            path,
            expected: "one of " + values.map(\.rawValue).joined(separator: ", "),
            parse: { text in values.first { $0.rawValue == text } },
            text: { $0.rawValue }
        )
    }

    /// Free text on one line.
    static func text(_ key: String, _ path: Path<String>, maximumByteCount: Int) -> Setting {
        scalar(
            key,
            path,
            expected: "text of at most \(maximumByteCount) bytes without control characters",
            parse: { TextRule.isOneLine($0, maximumByteCount: maximumByteCount) ? $0 : nil },
            text: { $0 }
        )
    }

    /// A channel name in which `*` stands for any run of characters.
    static func pattern(_ key: String, _ path: Path<String>) -> Setting {
        scalar(
            key,
            path,
            expected: TextRule.patternHint,
            parse: { TextRule.isPattern($0) ? $0 : nil },
            text: { $0 }
        )
    }

    static func patterns(_ key: String, _ path: Path<[String]>, maximumCount: Int) -> Setting {
        list(
            key,
            path,
            expected: TextRule.patternHint,
            maximumCount: maximumCount,
            parse: { TextRule.isPattern($0) ? $0 : nil },
            text: { $0 }
        )
    }
}

/// What free text in a manifest may be.
enum TextRule {
    static let patternHint =
        "a channel name of printable ASCII, at most 255 bytes, with * for any run of characters"

    /// Whether the text fits one line of the form that children are handed.
    static func isOneLine(_ text: String, maximumByteCount: Int) -> Bool {
        text.utf8.count <= maximumByteCount
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    static func isPattern(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
