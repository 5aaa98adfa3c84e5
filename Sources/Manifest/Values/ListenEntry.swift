// SPDX-License-Identifier: Apache-2.0

/// One address to listen on, and what is spoken there.
///
/// On the command line and in the environment it is one line: `[::]:443 tls proxy_protocol`, or
/// `unix:/run/tally.sock mode=0660`. In a manifest it is that line, or keys with values.
package struct ListenEntry: Hashable, Sendable {
    /// `ADDRESS:PORT`, `NAME:PORT` or `unix:PATH`.
    package var address: String
    /// Whether clients speak TLS here.
    package var isTLS = false
    /// Whether every connection begins with a PROXY header.
    package var expectsProxyHeader = false
    /// Of a Unix socket's file; nil: 0600.
    package var mode: UInt32?

    package init(address: String) {
        self.address = address
    }

    package var isUnix: Bool { address.hasPrefix("unix:") }

    package static let hint =
        "ADDRESS:PORT such as 127.0.0.1:8000 or [::1]:8000, NAME:PORT or unix:PATH, "
        + "each with tls, proxy_protocol and, for unix, mode=0660 behind it as wanted"

    /// - Returns: nil for anything but the notation.
    package init?(parsing text: String) {
        var words = text.split(separator: " ", omittingEmptySubsequences: false)[...]
        guard let address = words.popFirst(), ListenAddress.isValid(String(address)) else {
            return nil
        }
        self.init(address: String(address))
        for word in words {
            switch word {
            case "tls" where !isTLS: isTLS = true
            case "proxy_protocol" where !expectsProxyHeader: expectsProxyHeader = true
            case _ where word.hasPrefix("mode=") && mode == nil && isUnix:
                guard let mode = Self.mode(String(word.dropFirst(5))) else { return nil }
                self.mode = mode
            default: return nil
            }
        }
    }

    /// The notation that `init(parsing:)` takes.
    package var text: String {
        var text = address
        if isTLS { text += " tls" }
        if expectsProxyHeader { text += " proxy_protocol" }
        if let mode { text += " mode=0" + String(mode, radix: 8) }
        return text
    }

    /// Permission bits in octal: 600, 0660 or 0o666.
    private static func mode(_ text: String) -> UInt32? {
        let digits = text.hasPrefix("0o") ? text.dropFirst(2) : text[...]
        guard (3...4).contains(digits.utf8.count), let mode = UInt32(digits, radix: 8),
            mode <= 0o777
        else { return nil }
        return mode
    }
}

/// The shape of an address to listen on; whether the machine has it is found out by binding.
package enum ListenAddress {
    package static func isValid(_ text: String) -> Bool {
        if text.hasPrefix("unix:") {
            // sun_path has 108 bytes, the last of which is NUL (unix(7)).
            let path = text.utf8.dropFirst(5)
            return (1...107).contains(path.count) && path.allSatisfy { $0 > 0x20 && $0 != 0x7F }
        }
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return false }
        let port = text.utf8[text.utf8.index(after: colon)...]
        guard (1...5).contains(port.count), port.allSatisfy(isDigit),
            UInt16(String(decoding: port, as: UTF8.self)) != nil
        else { return false }
        let host = String(decoding: text.utf8[..<colon], as: UTF8.self)
        if host.hasPrefix("["), host.hasSuffix("]") {
            let allowed = Array("0123456789abcdefABCDEF:.".utf8)
            return host.utf8.count > 3
                && host.utf8.dropFirst().dropLast().allSatisfy(allowed.contains)
        }
        return isIPv4(host) || isName(host)
    }

    private static func isIPv4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { (1...3).contains($0.utf8.count) && UInt8($0) != nil }
    }

    /// A host name (RFC 1123 §2.1), whose last label has a letter: otherwise it is a misspelt address.
    package static func isName(_ host: String) -> Bool {
        let labels = host.utf8.split(
            separator: UInt8(ascii: "."),
            omittingEmptySubsequences: false
        )
        guard host.utf8.count <= 253, let last = labels.last, !last.allSatisfy(isDigit) else {
            return false
        }
        return labels.allSatisfy { label in
            let hyphen = UInt8(ascii: "-")
            return (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
                && label.allSatisfy { $0 == hyphen || isDigit($0) || isLetter($0) }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
