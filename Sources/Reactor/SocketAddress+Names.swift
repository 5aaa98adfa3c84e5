// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

extension SocketAddress {
    /// The addresses of a host name, as the system's resolver tells them; blocks until it does.
    ///
    /// For start-up, reload and commands; nothing that serves may wait for a name server.
    /// - Throws: when there is none, with the resolver's words.
    package static func resolve(
        host: String,
        port: UInt16
    ) throws(SocketAddressError) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        // The list is the library's to make and to free; the text is copied.
        let code = unsafe getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else {
            // A static text of the library's.
            let reason = unsafe String(cString: gai_strerror(code))
            throw SocketAddressError(text: host, problem: "its name cannot be looked up: \(reason)")
        }
        defer { unsafe freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            let address = unsafe fromKernel { target, length in
                // The library's addresses fit the storage of any family (sockaddr_storage).
                unsafe memcpy(target, entry.pointee.ai_addr, Int(entry.pointee.ai_addrlen))
                unsafe length = entry.pointee.ai_addrlen
                return true
            }
            if let address = address?.withPort(port), !found.contains(address) {
                found.append(address)
            }
            unsafe next = entry.pointee.ai_next
        }
        guard !found.isEmpty else {
            throw SocketAddressError(text: host, problem: "it has no address")
        }
        return found
    }

    /// As `init(parsing:)`, and the addresses of a host name.
    package static func all(parsing text: String) throws(SocketAddressError) -> [SocketAddress] {
        do throws(SocketAddressError) {
            return [try SocketAddress(parsing: text)]
        } catch {
            guard let colon = text.lastIndex(of: ":"),
                let port = UInt16(text[text.index(after: colon)...]),
                text.first?.isLetter ?? false || text.contains(".")
            else { throw error }
            let host = String(text[..<colon])
            guard host.contains(where: \.isLetter), !host.contains(":") else { throw error }
            return try resolve(host: host, port: port)
        }
    }
}
