// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import StatusPage

/// The listening sockets of all workers, open for as long as somebody holds the set.
///
/// A TCP address has one socket per worker, between which the kernel spreads new connections
/// (SO_REUSEPORT). They stay open here, so connections that wait for a worker that died are
/// served by its replacement. A Unix address has one socket that all workers share.
///
/// A reload makes a new set out of the old one: what both have is the same sockets, and what only the
/// old one has is closed with it.
final class ListenerSet {
    /// Connections that may wait per socket; the kernel lowers it to `net.core.somaxconn`.
    static let backlog: Int32 = 4_096

    final class Listener {
        let descriptor: Descriptor

        init(_ descriptor: consuming Descriptor) {
            self.descriptor = descriptor
        }
    }

    struct Entry {
        /// As the operator wrote it; its port may be 0.
        let requested: SocketAddress
        /// With the port that the system chose.
        let bound: SocketAddress
        /// One per worker, or a single one for a Unix address.
        var listeners: [Listener]

        var isShared: Bool {
            if case .unix = bound { return true }
            return false
        }
    }

    let entries: [Entry]

    /// The addresses, with the ports that the system chose.
    var addresses: [SocketAddress] { entries.map(\.bound) }

    /// Uses the sockets of `old` where the addresses are the same.
    ///
    /// `unixModes`: nil where modes are set later, since the folders of Unix sockets may be another's,
    /// who could put a link in a socket's place for the superuser to follow.
    init(
        _ addresses: [SocketAddress],
        workerCount: Int,
        unixModes: [String: UInt32]? = [:],
        extending old: ListenerSet? = nil
    ) throws(SupervisorError) {
        try Self.check(addresses)
        var entries: [Entry] = []
        for address in addresses {
            // An address that is listed twice, once with port 0, must not get the same sockets.
            let known = old?.entries.first { entry in
                (entry.requested == address || entry.bound == address)
                    && !entries.contains { $0.bound == entry.bound }
            }
            var entry: Entry
            if let known { entry = known } else { entry = try Self.open(address) }
            if !entry.isShared {
                entry.listeners = Array(entry.listeners.prefix(workerCount))
                while entry.listeners.count < workerCount {
                    entry.listeners.append(try Self.listen(entry.bound, isJoining: true))
                }
            }
            if let unixModes { try Self.setMode(of: entry.bound, unixModes) }
            entries.append(entry)
        }
        self.entries = entries
    }

    /// Goes on with sockets that were handed over.
    init(_ entries: [Entry]) {
        self.entries = entries
    }

    /// Removes the Unix sockets' files, so that clients see at once that nobody listens.
    ///
    /// `next`: what listens from now on; its files stay.
    func removeFiles(except next: ListenerSet? = nil) {
        for case .unix(let path) in addresses
        where next?.addresses.contains(.unix(path: path)) != true {
            try? File.remove(path)
        }
    }

    /// Makes all sockets another account's, which may then open more on the same addresses.
    func give(to account: Account) throws(SystemError) {
        for entry in entries {
            for listener in entry.listeners { try account.own(listener.descriptor) }
            if case .unix(let path) = entry.bound { try account.own(path) }
        }
    }

    func descriptors(ofWorker index: Int) -> [Int32] {
        entries.map { $0.listeners[$0.isShared ? 0 : index].descriptor.raw }
    }

    /// Until here nobody but this user could connect: the mask of new files sees to that.
    private static func setMode(
        of address: SocketAddress,
        _ modes: [String: UInt32]
    ) throws(SupervisorError) {
        guard case .unix(let path) = address else { return }
        let ownerAlone: UInt32 = 0o600
        do throws(SystemError) {
            try File.setPermissions(path, modes[path] ?? ownerAlone)
        } catch {
            throw .cannotListen(address, error)
        }
    }

    private static func check(_ addresses: [SocketAddress]) throws(SupervisorError) {
        guard !addresses.isEmpty else { throw .noAddress }
        let most = ChildLaunch.maximumListenerCount
        guard addresses.count <= most else {
            throw .tooManyAddresses(addresses.count, most: most)
        }
        var seen: Set<SocketAddress> = []
        for address in addresses where address.port != 0 {
            guard seen.insert(address).inserted else { throw .repeatedAddress(address) }
        }
    }

    /// Opens the first socket without sharing, so a port that another process has, another Tally
    /// too, is an error and not shared with it in silence.
    ///
    /// Only once it listens may further
    /// ones join: there is no moment at which two supervisors could both succeed.
    private static func open(_ address: SocketAddress) throws(SupervisorError) -> Entry {
        if case .unix(let path) = address {
            try removeAbandonedSocket(path, address)
            return Entry(
                requested: address,
                bound: address,
                listeners: [try listen(address, isJoining: false)]
            )
        }
        let first = try listen(address, isJoining: false)
        do throws(SystemError) {
            try Socket.sharePort(first.descriptor.raw)
        } catch {
            throw .cannotListen(address, error)
        }
        return Entry(
            requested: address,
            bound: Socket.localAddress(first.descriptor.raw) ?? address,
            listeners: [first]
        )
    }

    private static func listen(
        _ address: SocketAddress,
        isJoining: Bool
    ) throws(SupervisorError) -> Listener {
        do throws(SystemError) {
            return Listener(try Socket.listen(address, reusePort: isJoining, backlog: backlog))
        } catch {
            switch error.code {
            case EADDRINUSE: throw .addressInUse(address)
            case EACCES, EPERM: throw .addressForbidden(address)
            case EADDRNOTAVAIL: throw .addressNotHere(address)
            default: throw .cannotListen(address, error)
            }
        }
    }

    /// A killed process leaves its socket's file behind, and nobody else can bind it then.
    ///
    /// Removes it when nobody answers; anything but a socket is left for `bind` to refuse.
    private static func removeAbandonedSocket(
        _ path: String,
        _ address: SocketAddress
    ) throws(SupervisorError) {
        guard File.isSocket(path) else { return }
        do throws(SystemError) {
            try Socket.connect(address).close()
        } catch {
            guard error.code == ECONNREFUSED else { throw .addressInUse(address) }
            try? File.remove(path)
            return
        }
        throw .addressInUse(address)
    }
}
