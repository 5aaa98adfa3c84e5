// SPDX-License-Identifier: Apache-2.0

import Reactor
import TestSupport
import Testing
import WebServer

@Suite struct ProxyHeaderTests {
    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]

    private static func binary(
        command: UInt8 = 0x21,
        family: UInt8,
        _ rest: [UInt8]
    ) -> [UInt8] {
        signature + [command, family, UInt8(rest.count >> 8), UInt8(rest.count & 0xFF)] + rest
    }

    private static let ipv4: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 7, 0xDC, 0x04, 0x01, 0xBB]
    private static let ipv6: [UInt8] =
        [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
        + [UInt8](repeating: 0, count: 16) + [0xDC, 0x04, 0x01, 0xBB]

    private static let client4 = SocketAddress.ipv4(0xC000_0201, port: 56_324)
    private static let client6 = SocketAddress.ipv6(
        high: 0x2001_0DB8_0000_0000,
        low: 1,
        port: 56_324
    )

    private static let valid: [([UInt8], ProxyHeader)] = [
        (Array("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n".utf8), .client(client4)),
        (Array("PROXY TCP6 2001:db8::1 2001:db8::2 56324 443\r\n".utf8), .client(client6)),
        (Array("PROXY TCP6 ::ffff:192.0.2.1 ::1 56324 443\r\n".utf8), .client(client4)),
        (Array("PROXY UNKNOWN\r\n".utf8), .unspecified),
        (Array("PROXY UNKNOWN ffff::1 whatever\r\n".utf8), .unspecified),
        (binary(family: 0x11, ipv4), .client(client4)),
        (binary(family: 0x11, ipv4 + [3, 0, 4, 1, 2, 3, 4]), .client(client4)),
        (binary(family: 0x21, ipv6), .client(client6)),
        (binary(family: 0x31, [UInt8](repeating: 0, count: 216)), .unspecified),
        (binary(family: 0x00, []), .unspecified),
        (binary(command: 0x20, family: 0x00, []), .unspecified),
    ]

    private func read(_ pieces: [[UInt8]]) throws -> (header: ProxyHeader?, rest: Int) {
        var parser = ProxyHeaderParser()
        for piece in pieces {
            var offset = 0
            let header = try parser.parse(piece.span, from: &offset)
            if let header { return (header, piece.count - offset) }
            #expect(offset == piece.count, "what is not the end is taken whole")
        }
        return (nil, 0)
    }

    @Test func readsBothVersionsHoweverTheyArrive() throws {
        for (bytes, expected) in Self.valid {
            for cut in 0...bytes.count {
                let read = try read([Array(bytes[..<cut]), Array(bytes[cut...])])
                #expect(read.header == expected)
            }
            #expect(try read(bytes.map { [$0] }).header == expected)
        }
    }

    @Test func leavesWhatComesBehindTheHeader() throws {
        for (bytes, _) in Self.valid {
            #expect(try read([bytes + Array("GET /".utf8)]).rest == 5)
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n", "PROXX", "\u{16}\u{3}\u{1}", "\r\n\r\n\u{0}\r\nX",
    ])
    func refusesWhateverElseComesFirst(text: String) {
        #expect(throws: ProxyHeaderError.missing) { try read([Array(text.utf8)]) }
    }

    @Test(arguments: [
        "PROXY TCP4 192.0.2.1 198.51.100.7 56324\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 65536 443\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 -1 443\r\n",
        "PROXY TCP4 192.0.2.256 198.51.100.7 1 443\r\n",
        "PROXY TCP4 2001:db8::1 198.51.100.7 1 443\r\n",
        "PROXY TCP6 2001:db8::1 192.0.2.1 1 443\r\n",
        "PROXY TCP4  192.0.2.1 198.51.100.7 1 443\r\n",
        "PROXY UDP4 192.0.2.1 198.51.100.7 1 443\r\n",
        "PROXY \r\n",
    ])
    func refusesALineThatMakesNoSense(text: String) {
        #expect(throws: ProxyHeaderError.malformed) { try read([Array(text.utf8)]) }
    }

    @Test func refusesBinaryThatMakesNoSense() {
        let wrong = [
            Self.binary(command: 0x11, family: 0x11, Self.ipv4),
            Self.binary(command: 0x22, family: 0x11, Self.ipv4),
            Self.binary(family: 0x12, Self.ipv4),
            Self.binary(family: 0x11, Array(Self.ipv4.dropLast())),
            Self.binary(family: 0x21, Array(Self.ipv6.dropLast())),
            Self.binary(family: 0x31, [UInt8](repeating: 0, count: 215)),
        ]
        for bytes in wrong {
            #expect(throws: ProxyHeaderError.malformed) { try read([bytes]) }
        }
    }

    /// Valid headers with random damage: a header or an error, the same however they are cut.
    @Test(arguments: UInt64(1)...20)
    func survivesDamage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for round in 0..<200 {
            var bytes = Self.valid[round % Self.valid.count].0
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<min(bytes.count, 60), using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
                }
            }
            let cut = Int.random(in: 0...bytes.count, using: &random)
            let whole = Result { try read([bytes]).header }
            let pieces = Result { try read([Array(bytes[..<cut]), Array(bytes[cut...])]).header }
            switch (whole, pieces) {
            case (.success(let one), .success(let other)): #expect(one == other)
            case (.failure(let one as ProxyHeaderError), .failure(let other as ProxyHeaderError)):
                #expect(one == other)
            default: Issue.record("cut at \(cut): \(bytes)")
            }
        }
    }

    @Test func theLimitsHoldToTheByte() throws {
        let most = ProxyHeaderParser.maximumLineByteCount
        let start = Array("PROXY UNKNOWN ".utf8)
        let filling = [UInt8](repeating: 0x61, count: most - start.count - 2)
        #expect(try read([start + filling + [0x0D, 0x0A]]).header == .unspecified)
        #expect(throws: ProxyHeaderError.tooLong) {
            try read([start + filling + [0x61, 0x0D, 0x0A]])
        }
        let room = ProxyHeaderParser.maximumByteCount - 16
        let fits = Self.binary(family: 0x00, [UInt8](repeating: 0, count: room))
        #expect(try read([fits]).header == .unspecified)
        let tooLong = Self.binary(family: 0x00, [UInt8](repeating: 0, count: room + 1))
        #expect(throws: ProxyHeaderError.tooLong) { try read([Array(tooLong[..<16])]) }
    }
}
