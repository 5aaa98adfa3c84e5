// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import Testing

@Suite struct SocketTests {
    private let loopback = SocketAddress.ipv4(0x7f00_0001, port: 0)

    /// Waits until a descriptor is ready.
    private func wait(_ raw: Int32, _ interest: Interest) throws {
        let loop = try EventLoop()
        let recorder = Recorder()
        let registration = try loop.add(raw, interest, handler: recorder)
        try loop.runOnce(maximumWait: .seconds(10))
        #expect(!recorder.seen.isEmpty)
        loop.remove(registration)
    }

    @Test(arguments: ["127.0.0.1:0", "[::1]:0"])
    func acceptsAndTellsBothAddresses(text: String) throws {
        let listener = try Socket.listen(
            SocketAddress(parsing: text),
            reusePort: false,
            backlog: 8
        )
        guard case .wouldBlock = Socket.accept(listener.raw) else {
            Issue.record("accepted nobody")
            return
        }
        let address = try #require(Socket.localAddress(listener.raw))
        #expect(address.port != 0)
        let client = try Socket.connect(address)
        try wait(listener.raw, .readable)
        guard case .accepted(let connection) = Socket.accept(listener.raw) else {
            Issue.record("nobody came")
            return
        }
        #expect(connection.peer == Socket.localAddress(client.raw))
        #expect(fcntl(connection.descriptor.raw, F_GETFD) == FD_CLOEXEC)
        #expect(fcntl(connection.descriptor.raw, F_GETFL) & O_NONBLOCK != 0)
        Socket.setNoDelay(client.raw)
        #expect(Socket.send(client.raw, [9, 1, 2], from: 1) == .transferred(2))
        try wait(connection.descriptor.raw, .readable)
        var buffer = [UInt8](repeating: 0, count: 4)
        #expect(
            Socket.receive(connection.descriptor.raw, into: &buffer) == .transferred(2)
        )
        #expect(buffer == [1, 2, 0, 0])
        #expect(Socket.receive(connection.descriptor.raw, into: &buffer) == .wouldBlock)
        client.close()
        try wait(connection.descriptor.raw, .readable)
        #expect(Socket.receive(connection.descriptor.raw, into: &buffer) == .endOfStream)
    }

    /// A server sets the option once, on its listening socket, and no acceptance pays for it.
    @Test func acceptedSocketsInheritNoDelay() throws {
        let listener = try Socket.listen(loopback, reusePort: false, backlog: 8)
        Socket.setNoDelay(listener.raw)
        let client = try Socket.connect(try #require(Socket.localAddress(listener.raw)))
        try wait(listener.raw, .readable)
        guard case .accepted(let connection) = Socket.accept(listener.raw) else {
            Issue.record("nobody came")
            return
        }
        func hasNoDelay(_ raw: Int32) -> Bool {
            var value: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            // Both are live locals, and the size is the value's.
            return unsafe getsockopt(raw, Int32(IPPROTO_TCP), TCP_NODELAY, &value, &size) == 0
                && value != 0
        }
        #expect(hasNoDelay(connection.descriptor.raw))
        #expect(!hasNoDelay(client.raw))
    }

    @Test func tellsThatNobodyListens() throws {
        let listener = try Socket.listen(loopback, reusePort: false, backlog: 1)
        let address = try #require(Socket.localAddress(listener.raw))
        listener.close()
        let client = try Socket.connect(address)
        try wait(client.raw, .writable)
        #expect(Socket.pendingError(client.raw) == ECONNREFUSED)
        #expect(Socket.pendingError(client.raw) == 0)
    }

    @Test func refusesAnAddressInUseUnlessBothShareIt() throws {
        let first = try Socket.listen(loopback, reusePort: false, backlog: 1)
        let address = try #require(Socket.localAddress(first.raw))
        for reusePort in [false, true] {
            let error = #expect(throws: SystemError.self) {
                _ = try Socket.listen(address, reusePort: reusePort, backlog: 1)
            }
            #expect(error?.code == EADDRINUSE)
            #expect(
                error?.description == "bind \(address): Address already in use (EADDRINUSE)"
            )
        }
        try Socket.sharePort(first.raw)
        let second = try Socket.listen(address, reusePort: true, backlog: 1)
        #expect(Socket.localAddress(second.raw) == address)
    }

    @Test func aPeerThatIsGoneIsAnErrorAndNoSignal() throws {
        let pair = try SocketPair()
        let raw = pair.near.raw
        shutdown(raw, Int32(SHUT_WR))
        guard case .failed(let error) = Socket.send(raw, [1], from: 0) else {
            Issue.record("sent into nothing")
            return
        }
        #expect(error.code == EPIPE)
    }

    @Test func gathersPiecesFromAnOffset() throws {
        let pair = try SocketPair()
        #expect(
            Socket.send(pair.near.raw, gathering: [[0, 1, 2], [], [3], [4, 5]], firstOffset: 1)
                == .transferred(5)
        )
        var buffer = [UInt8](repeating: 0, count: 9)
        #expect(Socket.receive(pair.far.raw, into: &buffer) == .transferred(5))
        #expect(buffer[..<5] == [1, 2, 3, 4, 5])
    }

    @Test func gathersNoMoreThanItsLimit() throws {
        let pair = try SocketPair()
        let most = Socket.maximumGatheredCount
        for count in [most - 1, most, most + 1] {
            let pieces = [[UInt8]](repeating: [1], count: count)
            #expect(
                Socket.send(pair.near.raw, gathering: pieces, firstOffset: 0)
                    == .transferred(min(count, most))
            )
        }
    }

    @Test func stopsWhenThePeerDoesNotRead() throws {
        let pair = try SocketPair()
        let bytes = [UInt8](repeating: 7, count: 100_000)
        for _ in 0..<1_000 {
            if case .wouldBlock = Socket.send(pair.near.raw, bytes, from: 0) { return }
        }
        Issue.record("never full")
    }
}
