// SPDX-License-Identifier: Apache-2.0

/// Turns a client's request without a body into bytes.
package enum HTTPRequestEncoder {
    /// The whole request; `target` is path and query, `host` the Host field, `name[:port]`.
    package static func encode(
        method: HTTPMethod,
        target: String,
        host: String,
        headers: HTTPHeaders
    ) -> [UInt8] {
        var text = "\(method.name) \(clean(target)) HTTP/1.1\r\nHost: \(clean(host))\r\n"
        for field in headers.fields { text += "\(field.name): \(clean(field.value))\r\n" }
        return Array((text + "\r\n").utf8)
    }

    /// Without what would end a line: an address from a command line must not add a field.
    private static func clean(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 }))
    }
}
