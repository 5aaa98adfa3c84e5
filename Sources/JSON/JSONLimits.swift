// SPDX-License-Identifier: Apache-2.0

/// How much one JSON text may ask of the parser.
package struct JSONLimits: Hashable, Sendable {
    /// Most bytes of text; a parsed tree takes up to some hundred times as many for a moment.
    package let maximumByteCount: Int
    /// Most containers within each other: `1` is 0 deep, `[]` is 1, `[[]]` is 2.
    ///
    /// Jansson parses and frees by recursion, so this bounds the machine stack.
    package let maximumDepth: Int

    package init(maximumByteCount: Int, maximumDepth: Int) {
        self.maximumByteCount = maximumByteCount
        self.maximumDepth = maximumDepth
    }
}
