// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor

/// Two connected, nonblocking sockets.
final class SocketPair {
    let near: Descriptor
    let far: Descriptor

    init() throws {
        var raw: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &raw) == 0 else {
            throw SystemError(operation: "socketpair", code: errno)
        }
        near = Descriptor(owning: raw[0])
        far = Descriptor(owning: raw[1])
    }
}

/// Remembers what it was told.
final class Recorder: EventHandler {
    var seen: [Readiness] = []
    var action: () -> Void = {}

    func handle(_ readiness: Readiness) {
        seen.append(readiness)
        action()
    }
}
