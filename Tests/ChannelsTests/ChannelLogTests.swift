// SPDX-License-Identifier: Apache-2.0

import Channels
import Testing

@Suite struct ChannelLogTests {
    private static func log(count: Int = 5, bytes: Int = 1_000) -> ChannelLog {
        ChannelLog(
            epoch: "e1",
            limits: .init(maximumCount: count, maximumByteCount: bytes, lifetime: .seconds(10))
        )
    }

    private static func entry(_ text: String, at milliseconds: Int64 = 0) -> ChannelLog.Entry {
        .init(at: Timestamp(milliseconds: milliseconds), kind: .event, json: Array(text.utf8))
    }

    private static func filled(_ publications: Int, count: Int = 5) -> ChannelLog {
        var log = log(count: count)
        for number in 0..<publications { log.append(entry("\(number + 1)")) }
        return log
    }

    private static func texts(_ publications: [[UInt8]]) -> [String] {
        publications.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func offsetsRiseByOneFromOne() {
        var log = Self.log()
        #expect(log.position == Position(epoch: "e1", offset: 0))
        #expect(log.append(Self.entry("a")) == 1)
        #expect(log.append(Self.entry("b")) == 2)
    }

    @Test(arguments: [4, 5, 6])
    func keepsAtMostTheCount(publications: Int) {
        let log = Self.filled(publications)
        #expect(log.count == min(publications, 5))
        #expect(log.topOffset == UInt64(publications))
        #expect(log[UInt64(publications)] != nil)
        #expect((log[1] == nil) == (publications == 6))
        #expect(log[0] == nil)
        #expect(log[UInt64(publications) + 1] == nil)
    }

    @Test func keepsAtMostTheBytes() {
        var log = Self.log(bytes: 10)
        log.append(Self.entry("12345"))
        log.append(Self.entry("12345"))
        #expect(log.count == 2)
        log.append(Self.entry("1"))
        #expect(log.count == 2)
        #expect(log.byteCount == 6)
        log.append(Self.entry("12345678901"))
        #expect(log.count == 0)
        #expect(log.topOffset == 4)
    }

    @Test func expiresByAgeAndKeepsItsPosition() {
        var log = Self.log()
        log.append(Self.entry("a", at: 1_000))
        log.append(Self.entry("b", at: 2_000))
        #expect(log.nextExpiry == Timestamp(milliseconds: 11_000))
        log.expire(now: Timestamp(milliseconds: 10_999))
        #expect(log.count == 2)
        log.expire(now: Timestamp(milliseconds: 11_000))
        #expect(log.count == 1)
        log.expire(now: Timestamp(milliseconds: 99_000))
        #expect(log.count == 0 && log.nextExpiry == nil && log.byteCount == 0)
        #expect(log.position.offset == 2)
        #expect(log.append(Self.entry("c", at: 99_000)) == 3)
    }

    @Test func recoversAllOrNothing() {
        let log = Self.filled(8)
        func missed(_ offset: UInt64, epoch: String = "e1", bytes: Int = 100) -> [UInt64]? {
            log.missed(since: Position(epoch: epoch, offset: offset), maximumByteCount: bytes)?
                .map(\.offset)
        }
        #expect(missed(8) == [])
        #expect(missed(6) == [7, 8])
        #expect(missed(3) == [4, 5, 6, 7, 8])
        #expect(missed(2) == nil)
        #expect(missed(9) == nil)
        #expect(missed(.max) == nil)
        #expect(missed(8, epoch: "e2") == nil)
        #expect(missed(3, bytes: 5) != nil)
        #expect(missed(3, bytes: 4) == nil)
    }

    @Test func recoversNothingFromAnEmptyLogAtItsTop() {
        var log = Self.filled(3)
        log.expire(now: Timestamp(milliseconds: 1_000_000))
        #expect(log.missed(since: log.position, maximumByteCount: 1)?.isEmpty == true)
        #expect(
            log.missed(since: Position(epoch: "e1", offset: 2), maximumByteCount: 1) == nil
        )
    }

    @Test func pagesForwardAndBack() {
        let log = Self.filled(8)
        func page(_ since: UInt64?, _ limit: Int, reverse: Bool = false) -> [String] {
            Self.texts(
                log.page(since: since, limit: limit, reverse: reverse, maximumByteCount: 100)
            )
        }
        #expect(page(nil, 0) == [])
        #expect(page(nil, -1) == [])
        #expect(page(nil, 2) == ["4", "5"])
        #expect(page(nil, 99) == ["4", "5", "6", "7", "8"])
        #expect(page(nil, 2, reverse: true) == ["8", "7"])
        #expect(page(5, 2) == ["6", "7"])
        #expect(page(0, 1) == ["4"])
        #expect(page(4, 9) == ["5", "6", "7", "8"])
        #expect(page(8, 9) == [])
        #expect(page(.max, 9) == [])
        #expect(page(6, 9, reverse: true) == ["5", "4"])
        #expect(page(4, 9, reverse: true) == [])
        #expect(page(9, 2, reverse: true) == ["8", "7"])
        #expect(page(.max, 1, reverse: true) == ["8"])
        #expect(page(0, 1, reverse: true) == [])
    }

    @Test func aPageEndsAtTheByteLimitButHoldsOne() {
        let log = Self.filled(5)
        #expect(log.page(since: nil, limit: 5, reverse: false, maximumByteCount: 3).count == 3)
        #expect(log.page(since: nil, limit: 5, reverse: false, maximumByteCount: 0).count == 1)
    }

    @Test func pagesOfAnEmptyLogAreEmpty() {
        let log = Self.log()
        #expect(log.page(since: nil, limit: 5, reverse: false, maximumByteCount: 9).isEmpty)
        #expect(log.page(since: 0, limit: 5, reverse: true, maximumByteCount: 9).isEmpty)
    }

    @Test func replacesInPlace() {
        var log = Self.filled(3)
        log.replace(at: 2, kind: .deletedComment, json: Array("gone".utf8))
        #expect(log[2]?.kind == .deletedComment)
        #expect(log.byteCount == 6)
        #expect(log.topOffset == 3)
        log.replace(at: 9, kind: .deletedComment, json: [])
        #expect(log.byteCount == 6)
    }
}
