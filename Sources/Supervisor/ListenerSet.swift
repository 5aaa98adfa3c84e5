// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import StatusPage

/// The listening sockets of all workers, open for as long as the supervisor lives.
///
/// A TCP address has one socket per worker, between which the kernel spreads new connections
/// (SO_REUSEPORT). They stay open here, so connections that wait for a worker that died are
/// served by its replacement. A Unix address has one socket that all workers share.
final class ListenerSet {
    /// Connections that may wait per socket; the kernel lowers it to `net.core.somaxconn`.
    static let backlog: Int32 = 4_096

    private final class Listener {
        let descriptor: Descriptor

        init(_ descriptor: consuming Descriptor) {
            self.descriptor = descriptor
        }
    }

    /// The addresses, with the ports that the system chose.
    private(set) var addresses: [SocketAddress] = []
    private var ownListeners: [[Listener]]
    private var sharedListeners: [Listener] = []

    init(_ addresses: [SocketAddress], workerCount: Int) throws(SupervisorError) {
        ownListeners = Array(repeating: [], count: workerCount)
        try Self.check(addresses)
        for address in addresses {
            if case .unix(let path) = address {
                try Self.removeAbandonedSocket(path, address)
                sharedListeners.append(try Self.open(address, isShared: false))
                self.addresses.append(address)
            } else {
                try openPerWorker(address)
            }
        }
    }

    /// Removes the Unix sockets' files, so that clients see at once that nobody listens.
    func removeFiles() {
        for case .unix(let path) in addresses { try? File.remove(path) }
    }

    func descriptors(ofWorker index: Int) -> [Int32] {
        (ownListeners[index] + sharedListeners).map { $0.descriptor.raw }
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
    private func openPerWorker(_ address: SocketAddress) throws(SupervisorError) {
        let first = try Self.open(address, isShared: false)
        do throws(SystemError) {
            try Socket.sharePort(first.descriptor.raw)
        } catch {
            throw .cannotListen(address, error)
        }
        let bound = Socket.localAddress(first.descriptor.raw) ?? address
        ownListeners[0].append(first)
        for index in ownListeners.indices.dropFirst() {
            ownListeners[index].append(try Self.open(bound, isShared: true))
        }
        addresses.append(bound)
    }

    private static func open(
        _ address: SocketAddress,
        isShared: Bool
    ) throws(SupervisorError) -> Listener {
        do throws(SystemError) {
            return Listener(
                try Socket.listen(address, reusePort: isShared, backlog: Self.backlog)
            )
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
