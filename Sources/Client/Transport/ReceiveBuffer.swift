// SPDX-License-Identifier: Apache-2.0

/// Where bytes are received; one for all clients of a loop, as each empties it before it returns.
package final class ReceiveBuffer {
    var bytes: [UInt8]

    /// - Parameter byteCount: what one receive can take at most.
    package init(byteCount: Int = 64 * 1024) {
        bytes = [UInt8](repeating: 0, count: byteCount)
    }
}
