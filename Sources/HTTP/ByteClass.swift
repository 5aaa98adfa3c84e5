// SPDX-License-Identifier: Apache-2.0

/// The character classes of HTTP's grammar, as questions about a byte.
extension UInt8 {
    /// `tchar` of RFC 9110 §5.6.2: what names of methods and header fields are made of.
    package var isTokenByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
            UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
            UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }

    /// Space or tab, the only white space inside a field value (RFC 9110 §5.6.3).
    package var isWhitespace: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }

    package var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    /// Visible ASCII, which is all that a request target consists of.
    package var isVisibleASCII: Bool { self > 0x20 && self < 0x7F }

    /// What no line of a head may contain: controls except the tab, and DEL (RFC 9110 §5.5).
    package var isForbiddenControl: Bool {
        (self < 0x20 && self != UInt8(ascii: "\t")) || self == 0x7F
    }

    package var hexadecimalValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    package var asciiLowercased: UInt8 {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
    }
}

extension String {
    /// Whether both are the same but for the case of ASCII letters, as names and tokens compare.
    package func equalsIgnoringCase(_ other: String) -> Bool {
        self[...].equalsIgnoringCase(other)
    }
}

extension Substring {
    /// Whether both are the same but for the case of ASCII letters, as names and tokens compare.
    package func equalsIgnoringCase(_ other: String) -> Bool {
        // Most names differ in length already.
        utf8.count == other.utf8.count
            && utf8Span.span.equalsIgnoringCase(other.utf8Span.span)
    }
}

extension Span<UInt8> {
    fileprivate func equalsIgnoringCase(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index].asciiLowercased != other[index].asciiLowercased {
            return false
        }
        return true
    }
}

extension StringProtocol {
    /// Without spaces and tabs at both ends.
    package var trimmingWhitespace: Substring {
        var view = Substring(self).utf8
        while view.first?.isWhitespace ?? false { view.removeFirst() }
        while view.last?.isWhitespace ?? false { view.removeLast() }
        return Substring(view)
    }
}
