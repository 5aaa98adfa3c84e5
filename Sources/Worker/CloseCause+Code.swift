// SPDX-License-Identifier: Apache-2.0

import ClientProtocol
import WebServer
import WebSocket

extension CloseCause {
    /// The close frame's code; 1005 for a frame without one, 1006 where there was no frame
    /// (RFC 6455 §7.4.1).
    var code: UInt16 {
        switch self {
        case .closedByPeer(let payload): payload.code?.rawValue ?? 1005
        case .closedHere(let code): code.rawValue
        case .violation(let error): error.closeCode.rawValue
        case .slow: Disconnect.slow.rawValue
        case .aborted, .connectionLost: 1006
        }
    }
}
