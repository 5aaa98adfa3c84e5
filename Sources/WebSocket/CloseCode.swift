// SPDX-License-Identifier: Apache-2.0

/// A close frame's status code (RFC 6455 §7.4).
package struct CloseCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let normalClosure = CloseCode(rawValue: 1000)
    package static let goingAway = CloseCode(rawValue: 1001)
    package static let protocolError = CloseCode(rawValue: 1002)
    package static let unsupportedData = CloseCode(rawValue: 1003)
    package static let invalidPayload = CloseCode(rawValue: 1007)
    package static let policyViolation = CloseCode(rawValue: 1008)
    package static let messageTooBig = CloseCode(rawValue: 1009)
    package static let internalError = CloseCode(rawValue: 1011)

    /// Whether this code may arrive in a close frame from that side.
    ///
    /// 1004 is reserved; 1005, 1006 and 1015 stand for what no frame said; 1012 to 1014 (registered
    /// since) are for servers that restart, are overloaded or are gateways, so a client has no use
    /// for them; the rest below 3000 is undefined (RFC 6455 §7.4.2).
    package func isAllowed(from sender: Sender) -> Bool {
        switch rawValue {
        case 1000...1003, 1007...1011, 3000...4999: true
        case 1012...1014: sender == .server
        default: false
        }
    }
}
