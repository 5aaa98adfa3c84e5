// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Tells a service manager how this process is doing, by the protocol of sd_notify(3).
///
/// One datagram for each change, to the socket that the manager names in `NOTIFY_SOCKET`; without
/// one, and when it cannot be reached, nothing happens.
package struct ServiceManager: Sendable {
    package enum State: String, Sendable {
        case ready = "READY=1\n"
        case stopping = "STOPPING=1\n"
    }

    private let path: String?

    /// `path`: as in the variable; a leading @ stands for Linux's abstract names (unix(7)).
    package init(path: String?) {
        self.path = path
    }

    /// Whom the environment names.
    package static var ofEnvironment: ServiceManager {
        // Points into the environment, and is copied at once.
        guard let text = unsafe getenv("NOTIFY_SOCKET") else { return ServiceManager(path: nil) }
        return ServiceManager(path: unsafe String(cString: text))
    }

    package func tell(_ state: State) {
        guard let path, (1...SocketAddress.maximumPathByteCount).contains(path.utf8.count) else {
            return
        }
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let raw = socket(AF_UNIX, type, 0)
        guard raw >= 0 else { return }
        let descriptor = Descriptor(owning: raw)
        let isAbstract = path.hasPrefix("@")
        let name = isAbstract ? "\0" + path.dropFirst() : path
        let bytes = Array(state.rawValue.utf8)
        // Both are read during the call only. An abstract name is as long as the address says.
        _ = unsafe SocketAddress.unix(path: name).withKernelAddress { address, length in
            let family = MemoryLayout<sa_family_t>.size
            let exact = isAbstract ? socklen_t(family + name.utf8.count) : length
            return unsafe sendto(
                descriptor.raw,
                bytes,
                bytes.count,
                Int32(MSG_NOSIGNAL),
                address,
                exact
            )
        }
    }
}
