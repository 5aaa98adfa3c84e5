// SPDX-License-Identifier: Apache-2.0

import HTTP
import Reactor
import TLS

extension Connection {
    /// Goes on with what comes before HTTP, as far as the socket allows.
    func enter() {
        guard let entrance = exchange?.entrance, let raw = rawDescriptor else { return }
        if entrance.proxyHeader != nil {
            readProxyHeader(entrance, raw)
            guard phase == .entering, entrance.proxyHeader == nil else { return settle() }
        }
        if let server = entrance.tls {
            shakeHands(entrance, server, raw)
        } else {
            beginHTTP()
        }
        settle()
    }

    /// Counts the connection for whom a proxy speaks.
    ///
    /// - Returns: false when that address has all the connections that it may have.
    func move(to address: SocketAddress) -> Bool {
        guard address != peer else { return true }
        guard server.changeAddress(from: peer, to: address) else { return false }
        peer = address
        return true
    }

    private func beginHTTP() {
        exchange?.entrance = nil
        phase = .http
    }

    /// Whom a proxy speaks for has all the connections that it may have.
    private func refuseAddress(_ entrance: Entrance, _ raw: Int32) {
        // As at the door: a handshake to say so would cost more than the connection.
        if entrance.tls == nil { server.sendRefusal(forAddressOn: raw) }
        end(.connectionLost(nil))
    }

    private func refuseEntrance() {
        server.counters.failedHandshakes += 1
        end(.connectionLost(nil))
    }

    // MARK: PROXY

    /// Looks at what has come, and takes the header out of the socket and not a byte more: TLS reads
    /// the rest from there itself.
    private func readProxyHeader(_ entrance: Entrance, _ raw: Int32) {
        guard server.trustedProxies.contains(peer) else { return refuseEntrance() }
        server.withReceiveBuffer { buffer in
            switch Socket.peek(raw, into: &buffer) {
            case .transferred(let count):
                var offset = 0
                do throws(ProxyHeaderError) {
                    let header = try entrance.proxyHeader?.parse(
                        buffer.span.extracting(0..<count),
                        from: &offset
                    )
                    Socket.discard(raw, count: offset, into: &buffer)
                    guard let header else { return }
                    entrance.proxyHeader = nil
                    if case .client(let address) = header {
                        guard move(to: address) else { return refuseAddress(entrance, raw) }
                        exchange?.directPeer = address
                    }
                } catch {
                    refuseEntrance()
                }
            case .wouldBlock: break
            case .endOfStream, .failed: refuseEntrance()
            }
        }
    }

    // MARK: TLS

    /// A handshake that this turn has no time for is left as it is: the socket stays ready, and the
    /// next turn comes back to it.
    private func shakeHands(_ entrance: Entrance, _ certificates: TLSServer, _ raw: Int32) {
        guard server.hasTimeForHandshake else { return }
        if tls == nil { tls = certificates.session(on: raw) }
        guard let tls else { return refuseEntrance() }
        let start = MonotonicTime.now()
        let result = tls.handshake()
        server.countHandshakeTime(.now() - start)
        switch result {
        case .waiting(let interest): entrance.interest = interest
        case .failed: refuseEntrance()
        case .done:
            server.counters.handshakes += 1
            if tls.wasResumed { server.counters.resumedHandshakes += 1 }
            beginHTTP()
        }
    }
}
