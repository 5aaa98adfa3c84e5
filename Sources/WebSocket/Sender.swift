// SPDX-License-Identifier: Apache-2.0

/// The side that frames come from: a client masks every frame, a server none (RFC 6455 §5.1).
package enum Sender: Sendable {
    case client
    case server
}
