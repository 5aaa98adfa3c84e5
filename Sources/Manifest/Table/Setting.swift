// SPDX-License-Identifier: Apache-2.0

/// One key of the manifest: its name, what it accepts, and where its value lives.
///
/// The same table drives the manifest, environment variables, command-line flags and the form in
/// which the supervisor hands the configuration to its children.
package struct Setting<Root>: Sendable {
    package enum Shape: Sendable {
        case scalar
        case list
    }

    /// `group.key`, or `key` at the top.
    package let key: String
    package let shape: Shape
    /// What a valid value is, to follow "expected".
    package let expected: String
    /// Takes the value, as the texts of its scalars: exactly one unless the shape is a list.
    package let apply: @Sendable (inout Root, [String]) throws(InvalidValue) -> Void
    /// The value, in the notation that `apply` takes.
    package let read: @Sendable (Root) -> [String]
    /// How a manifest may also write an element of a list: as keys with values; nil: it may not.
    let element: ElementForm?

    init(
        key: String,
        shape: Shape,
        expected: String,
        apply: @escaping @Sendable (inout Root, [String]) throws(InvalidValue) -> Void,
        read: @escaping @Sendable (Root) -> [String],
        element: ElementForm? = nil
    ) {
        self.key = key
        self.shape = shape
        self.expected = expected
        self.apply = apply
        self.read = read
        self.element = element
    }

    /// The variable that overrides the manifest: `TALLY_CLIENT_PING_INTERVAL`.
    package var environmentName: String {
        "TALLY_" + key.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
    }
}

/// An element of a list as keys with values, besides its notation on one line.
struct ElementForm: Sendable {
    /// The keys that it may have.
    let keys: [String]
    /// Those of them that it must have.
    let required: [String]
    /// The same in the notation on one line, out of the values by key.
    let compose: @Sendable ([String: String]) throws(InvalidValue) -> String
}

/// A value that its key does not accept.
package struct InvalidValue: Error, Hashable, Sendable {
    /// Completes the sentence that names the key: "expected ..., found ...".
    package let reason: String
    /// Which of a list's elements; nil for a scalar or for the list as a whole.
    package let element: Int?

    init(_ reason: String, element: Int? = nil) {
        self.reason = reason
        self.element = element
    }

    static func expected(_ expected: String, found: String, element: Int? = nil) -> InvalidValue {
        InvalidValue("expected \(expected), found \"\(excerpt(of: found))\"", element: element)
    }

    /// The start of a value, so that a megabyte pasted by mistake is not printed back.
    private static func excerpt(of text: String) -> String {
        let limit = 60  // characters, which leaves the line readable on a terminal
        return text.count <= limit ? text : text.prefix(limit) + "..."
    }
}
