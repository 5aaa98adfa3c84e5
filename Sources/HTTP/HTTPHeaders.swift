// SPDX-License-Identifier: Apache-2.0

/// Header fields in the order they came; names compare without regard to ASCII case.
package struct HTTPHeaders: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    package struct Field: Hashable, Sendable {
        package let name: String
        package let value: String

        /// What of a comma-separated list is in this line, without empty elements.
        fileprivate var elements: [Substring] {
            value.utf8.split(separator: UInt8(ascii: ","))
                .map { Substring($0).trimmingWhitespace }
                .filter { !$0.isEmpty }
        }
    }

    package private(set) var fields: [Field] = []

    package init() {}

    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { append(name, value) }
    }

    mutating func append(_ field: Field) {
        fields.append(field)
    }

    package mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// The first value of a name.
    package subscript(name: String) -> String? {
        fields.first { $0.name.equalsIgnoringCase(name) }?.value
    }

    package func values(of name: String) -> [String] {
        fields.filter { $0.name.equalsIgnoringCase(name) }.map(\.value)
    }

    /// The elements of a comma-separated list field, all its lines joined (RFC 9110 §5.6.1).
    ///
    /// Empty elements are left out. Not for fields whose elements may hold quoted commas.
    package func list(of name: String) -> [Substring] {
        fields.filter { $0.name.equalsIgnoringCase(name) }.flatMap(\.elements)
    }

    /// Whether a list field names a token, in any case of its letters.
    package func list(of name: String, contains token: String) -> Bool {
        fields.contains { field in
            field.name.equalsIgnoringCase(name)
                && (field.value.equalsIgnoringCase(token)
                    || field.elements.contains { $0.equalsIgnoringCase(token) })
        }
    }
}
