// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The kernel's form of an address, and back.
extension SocketAddress {
    var family: Int32 {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    /// Calls `body` with the address as the kernel wants it.
    ///
    /// The pointer is valid during the call only.
    func withKernelAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        switch self {
        case .ipv4(let address, let port):
            var value = sockaddr_in()
            value.sin_family = sa_family_t(AF_INET)
            value.sin_port = port.bigEndian
            value.sin_addr.s_addr = address.bigEndian
            return unsafe Self.withGenericPointer(to: value, body)
        case .ipv6(let high, let low, let port):
            var value = sockaddr_in6()
            value.sin6_family = sa_family_t(AF_INET6)
            value.sin6_port = port.bigEndian
            value.sin6_addr = in6_addr(high: high, low: low)
            return unsafe Self.withGenericPointer(to: value, body)
        case .unix(let path):
            var value = sockaddr_un()
            value.sun_family = sa_family_t(AF_UNIX)
            precondition(path.utf8.count <= Self.maximumPathByteCount)
            // sun_path has 108 bytes, zero from the initializer: the path and its NUL fit.
            unsafe withUnsafeMutableBytes(of: &value.sun_path) {
                unsafe $0.copyBytes(from: path.utf8)
            }
            return unsafe Self.withGenericPointer(to: value, body)
        }
    }

    /// Every kernel address begins with the family, which is what `sockaddr` names (`socket(7)`).
    private static func withGenericPointer<Value, Result>(
        to value: Value,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        unsafe withUnsafeBytes(of: value) { bytes in
            // A value's bytes have an address, and sockaddr's alignment is the smallest of all.
            guard let start = bytes.baseAddress else { preconditionFailure("empty value") }
            return unsafe body(
                start.assumingMemoryBound(to: sockaddr.self),
                socklen_t(bytes.count)
            )
        }
    }

    /// Reads what the kernel filled in; nil for a family that Tally does not use.
    ///
    /// `fill` is given storage and its length, and says whether it succeeded.
    static func fromKernel(
        _ fill: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> Bool
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        // The storage outlives the closure and is made for every address family (socket(7)).
        return unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            guard let start = bytes.baseAddress else { return nil }
            var length = socklen_t(bytes.count)
            guard unsafe fill(start.assumingMemoryBound(to: sockaddr.self), &length) else {
                return nil
            }
            return unsafe decode(UnsafeRawBufferPointer(bytes).prefix(Int(length)))
        }
    }

    private static func decode(_ bytes: Slice<UnsafeRawBufferPointer>) -> SocketAddress? {
        // Rebased on a sockaddr_storage, so aligned; every load checks its size first.
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: bytes)
        guard bytes.count >= MemoryLayout<sa_family_t>.size else { return nil }
        switch unsafe Int32(bytes.load(as: sa_family_t.self)) {
        case AF_INET:
            guard bytes.count >= MemoryLayout<sockaddr_in>.size else { return nil }
            let value = unsafe bytes.load(as: sockaddr_in.self)
            return .ipv4(
                UInt32(bigEndian: value.sin_addr.s_addr),
                port: UInt16(bigEndian: value.sin_port)
            )
        case AF_INET6:
            guard bytes.count >= MemoryLayout<sockaddr_in6>.size else { return nil }
            let value = unsafe bytes.load(as: sockaddr_in6.self)
            let (high, low) = value.sin6_addr.halves
            return .ipv6(high: high, low: low, port: UInt16(bigEndian: value.sin6_port))
        case AF_UNIX:
            let path = unsafe bytes.dropFirst(MemoryLayout<sa_family_t>.size).prefix { $0 != 0 }
            return .unix(path: unsafe String(decoding: path, as: UTF8.self))
        default:
            return nil
        }
    }
}
