// SPDX-License-Identifier: Apache-2.0

import HTTP
import Reactor
import TLS

/// Bytes in and out: the only part that touches the socket.
extension Connection {
    // MARK: In

    func receive() {
        server.withReceiveBuffer { buffer in
            for _ in 0..<WebServerLimits.maximumReceiveCountPerTurn {
                guard wantsToRead, let raw = rawDescriptor else { return }
                switch take(from: raw, into: &buffer) {
                case .transferred(let count):
                    lastReceived = server.loop.now
                    process(buffer.span.extracting(0..<count))
                    resume()
                    guard count == buffer.count || tls != nil else { return }
                case .wouldBlock:
                    return
                case .endOfStream:
                    takeEndOfStream()
                    return
                case .failed(let error):
                    end(.connectionLost(error))
                    return
                }
            }
        }
    }

    /// Acts on bytes until they are used up, or the rest has to wait: for what is unsent, for an
    /// answer, or for the others' turn.
    private func process(_ bytes: Span<UInt8>) {
        isCorked = true
        var offset = 0
        var eventCount = 0
        processing: while offset < bytes.count {
            if isBackedUp { flush() }
            if eventCount == WebServerLimits.maximumEventCountPerTurn { rest() }
            if isBackedUp || isAnswering || isResting {
                unprocessed.append(bytes, offset..<bytes.count)
                break
            }
            eventCount += 1
            switch phase {
            case .http: processHTTP(bytes, from: &offset)
            case .webSocket: processWebSocket(bytes, from: &offset)
            case .entering, .flushing, .lingering, .ended: break processing
            }
        }
        isCorked = false
        flush()
    }

    /// Lets the loop turn before more of this connection's bytes are looked at: in 64 KiB there are
    /// 10,000 smallest frames, and some hundred connections full of them would hold up all others.
    private func rest() {
        isResting = true
        server.loop.schedule(after: .zero) { [weak self] in
            guard let self else { return }
            isResting = false
            resume()
            settle()
        }
    }

    /// Acts on what had to wait, as far as what is unsent allows.
    func resume() {
        while !unprocessed.isEmpty, !isBackedUp, !isAnswering, !isResting {
            let bytes = unprocessed
            unprocessed = []
            process(bytes.span)
        }
    }

    /// The peer sends nothing more; what it asked for before is still sent.
    private func takeEndOfStream() {
        peerHasEnded = true
        switch phase {
        case .http where isAnswering:
            if exchange?.deferred?.halfClose == .abandon { end(.connectionLost(nil)) }
        case .http where !queue.isEmpty: finishSending()
        case .flushing: break
        case .entering, .http, .webSocket, .lingering, .ended: end(.connectionLost(nil))
        }
    }

    // MARK: Out

    /// Sends at once if nothing waits before it, and keeps what the kernel does not take.
    func enqueue(_ frame: SharedFrame) {
        guard queue.isEmpty, !isCorked, let raw = rawDescriptor else {
            if phase != .ended {
                queue.append(frame, at: server.loop.now, keeping: tls?.heldByteCount ?? 0)
            }
            return
        }
        keepRest(of: frame, after: offer(frame.bytes, to: raw))
    }

    /// Keeps what the kernel did not take of a frame.
    func keepRest(of frame: SharedFrame, after result: TransferResult) {
        switch result {
        case .transferred(let count) where count == frame.bytes.count:
            return
        case .transferred(let count):
            queue.append(frame, from: count, at: server.loop.now)
            if tls != nil { sendQueued() }
        case .wouldBlock, .endOfStream:
            queue.append(frame, at: server.loop.now, keeping: tls?.heldByteCount ?? 0)
        case .failed(let error):
            end(.connectionLost(error))
            return
        }
        settle()
    }

    /// Sends what is queued as far as the kernel takes it.
    func flush() {
        sendQueued()
        if phase == .flushing, queue.isEmpty { linger() }
    }

    private func sendQueued() {
        while !queue.isEmpty, let raw = rawDescriptor {
            let pieces = queue.pieces(maximumCount: Socket.maximumGatheredCount)
            let offered = pieces.reduce(-queue.headOffset) { $0 + $1.count }
            switch offer(gathering: pieces, firstOffset: queue.headOffset, to: raw) {
            case .transferred(let count):
                queue.removeSent(count)
                countSent(count)
                // TLS takes a record at a time, whatever room the socket has.
                guard count >= offered || tls != nil else { return }
            case .wouldBlock, .endOfStream:
                return
            case .failed(let error):
                end(.connectionLost(error))
                return
            }
        }
    }

    /// Takes nothing more, sends what is queued, and then ends the connection.
    func finishSending() {
        guard phase != .ended else { return }
        phase = .flushing
        exchange = nil
        unprocessed = []
        if !isCorked { flush() }
    }

    /// Ends our side and waits a little for the peer to end its own.
    private func linger() {
        guard !peerHasEnded, let raw = rawDescriptor else {
            end(.connectionLost(nil))
            return
        }
        phase = .lingering
        tls?.endSending()
        Socket.shutdownSending(raw)
    }
}
