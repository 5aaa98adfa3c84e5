// SPDX-License-Identifier: Apache-2.0

/// What a single line of text for people may hold.
package enum PlainText {
    /// Without the white space (Unicode White_Space) at both ends.
    package static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    /// Not a control character, a line or paragraph separator, or a noncharacter.
    package static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x20...0x7E).contains(scalar.value) }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return false
        default: return !scalar.properties.isNoncharacterCodePoint
        }
    }

    /// Whether a reader sees anything: not white space, and not drawn as nothing by default.
    package static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x21...0x7E).contains(scalar.value) }
        return !scalar.properties.isWhitespace && !scalar.properties.isDefaultIgnorableCodePoint
    }

    /// Whether `text` is allowed throughout and has at most `maximumCodePoints`.
    package static func isLine(_ text: String, maximumCodePoints: Int) -> Bool {
        var count = 0
        for scalar in text.unicodeScalars {
            count += 1
            guard count <= maximumCodePoints, isAllowed(scalar) else { return false }
        }
        return true
    }
}
