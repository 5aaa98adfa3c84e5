// SPDX-License-Identifier: Apache-2.0

import Reactor
import TLS

/// A client's TLS connection that goes on whenever the test looks at it.
final class TLSPeer {
    private let descriptor: Descriptor
    private let session: TLSSession
    private var outgoing: [UInt8] = []
    private var sentCount = 0
    private var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    /// What is sent before TLS begins.
    private var preamble: [UInt8]

    private(set) var received: [UInt8] = []
    private(set) var isOver = false
    var isReading = true

    struct NoSession: Error {}

    init(
        connectingTo address: SocketAddress,
        trusting client: TLSClient,
        preamble: String = ""
    ) throws {
        let descriptor = try Socket.connect(address)
        guard let session = client.session(on: descriptor.raw, to: .name("localhost")) else {
            throw NoSession()
        }
        self.session = session
        self.preamble = Array(preamble.utf8)
        self.descriptor = consume descriptor
    }

    var text: String { String(decoding: received, as: UTF8.self) }
    var isEstablished: Bool { session.isEstablished }

    func send(_ bytes: [UInt8]) {
        outgoing += bytes
    }

    func forgetReceived() {
        received = []
    }

    /// Does what the socket allows.
    func go() {
        guard !isOver else { return }
        if !preamble.isEmpty {
            guard case .transferred(let count) = Socket.send(descriptor.raw, preamble, from: 0)
            else { return }
            preamble.removeFirst(count)
        }
        if !session.isEstablished {
            if case .failed = session.handshake() { isOver = true }
            guard session.isEstablished else { return }
        }
        while sentCount < outgoing.count {
            guard case .transferred(let count) = session.send(outgoing, from: sentCount) else {
                break
            }
            sentCount += count
        }
        while isReading {
            switch session.receive(into: &buffer) {
            case .transferred(let count): received += buffer[..<count]
            case .wouldBlock: return
            case .endOfStream, .failed:
                isOver = true
                return
            }
        }
    }
}
