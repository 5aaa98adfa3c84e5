// SPDX-License-Identifier: Apache-2.0

/// The shape of an address to listen on; whether the machine has it is found out by binding.
package enum ListenAddress {
    package static let hint = "ADDRESS:PORT such as 127.0.0.1:8000 or [::1]:8000"

    package static func isValid(_ text: String) -> Bool {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return false }
        let port = text.utf8[text.utf8.index(after: colon)...]
        guard (1...5).contains(port.count),
            port.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            UInt16(String(decoding: port, as: UTF8.self)) != nil
        else { return false }
        let host = String(decoding: text.utf8[..<colon], as: UTF8.self)
        if host == "localhost" { return true }
        if host.hasPrefix("["), host.hasSuffix("]") {
            let allowed = Array("0123456789abcdefABCDEF:.".utf8)
            return host.utf8.count > 3
                && host.utf8.dropFirst().dropLast().allSatisfy(allowed.contains)
        }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { (1...3).contains($0.utf8.count) && UInt8($0) != nil }
    }
}
