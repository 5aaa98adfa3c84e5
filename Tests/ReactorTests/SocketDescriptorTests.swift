// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Reactor

@Suite struct SocketDescriptorTests {
    private let pair: (first: Int32, second: Int32)
    private var buffer = [UInt8](repeating: 0, count: 16)
    private var descriptors: [Int32] = []

    init() throws {
        pair = try Socket.pair().relinquish()
    }

    private func soon(_ milliseconds: Int = 20) -> MonotonicTime {
        .now() + .milliseconds(milliseconds)
    }

    private func end() {
        for raw in descriptors + [pair.first, pair.second] { close(raw) }
    }

    @Test mutating func aDescriptorArrivesWithItsBytes() throws {
        let sent = try Socket.pair()
        #expect(
            Socket.send(pair.first, [1, 2], descriptors: [sent.second.raw]) == .transferred(2)
        )
        let result = Socket.receive(pair.second, into: &buffer, descriptors: &descriptors)
        #expect(result == .transferred(2))
        let copy = try #require(descriptors.first)
        #expect(descriptors.count == 1 && copy != sent.second.raw)
        #expect(fcntl(copy, F_GETFD) == FD_CLOEXEC)
        #expect(Socket.send(sent.first.raw, [7], from: 0) == .transferred(1))
        #expect(Socket.receive(copy, into: &buffer) == .transferred(1))
        end()
    }

    @Test mutating func messagesWithDescriptorsStayApart() throws {
        for byte in 0..<3 {
            _ = Socket.send(pair.first, [UInt8(byte)], descriptors: [pair.first])
        }
        _ = Socket.send(pair.first, [3], descriptors: [])
        for count in 1...3 {
            _ = Socket.receive(pair.second, into: &buffer, descriptors: &descriptors)
            #expect(descriptors.count == count)
        }
        end()
    }

    @Test mutating func takesAsManyAsTheKernelAllows() throws {
        let most = Array(repeating: pair.first, count: Socket.maximumDescriptorCount)
        #expect(Socket.send(pair.first, [1], descriptors: most) == .transferred(1))
        let result = Socket.receive(pair.second, into: &buffer, descriptors: &descriptors)
        #expect(result == .transferred(1))
        #expect(descriptors.count == most.count)
        end()
    }

    @Test mutating func bytesAloneBringNoDescriptor() {
        #expect(Socket.send(pair.first, [1], from: 0) == .transferred(1))
        #expect(
            Socket.receive(pair.second, into: &buffer, descriptors: &descriptors)
                == .transferred(1)
        )
        #expect(
            Socket.receive(pair.second, into: &buffer, descriptors: &descriptors) == .wouldBlock
        )
        close(Int32(pair.first))
        #expect(
            Socket.receive(pair.second, into: &buffer, descriptors: &descriptors) == .endOfStream
        )
        #expect(descriptors.isEmpty)
        close(pair.second)
    }

    @Test mutating func waitsForBytesUntilTheDeadline() throws {
        #expect(!Socket.wait(for: .readable, of: pair.second, until: soon()))
        #expect(throws: SystemError(operation: "receive", code: ETIMEDOUT)) {
            try Socket.receive(
                pair.second,
                into: &buffer,
                descriptors: &descriptors,
                until: soon()
            )
        }
        try Socket.sendAll(pair.first, [1, 2, 3], descriptors: [0], until: soon())
        let count = try Socket.receive(
            pair.second,
            into: &buffer,
            descriptors: &descriptors,
            until: soon(10_000)
        )
        #expect(count == 3 && descriptors.count == 1)
        end()
    }

    @Test mutating func sendingAllGivesUpAtTheDeadline() {
        #expect(throws: SystemError(operation: "send", code: ETIMEDOUT)) {
            try Socket.sendAll(
                pair.first,
                [UInt8](repeating: 0, count: 8 * 1_024 * 1_024),
                until: soon()
            )
        }
        end()
    }

    @Test mutating func sendingToAClosedEndIsAnError() {
        close(pair.second)
        #expect(throws: SystemError(operation: "sendmsg", code: EPIPE)) {
            try Socket.sendAll(pair.first, [1], descriptors: [0], until: soon())
        }
        close(pair.first)
    }
}
