// SPDX-License-Identifier: Apache-2.0

import Channels
import Live
import Testing

@Suite struct LiveTablesTests {
    private static func moment(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: milliseconds)
    }

    private static func key(_ text: String, user: String = "ana") -> IdempotencyKey {
        IdempotencyKey(author: .user(user), method: .start, stream: "a", key: text)
    }

    @Test func answersARepeatedRequestWithinTheWindow() {
        var cache = AnswerCache<IdempotencyKey>(window: .seconds(300), maximumCount: 10)
        cache.remember([1], for: Self.key("k"), at: Self.moment(0))
        #expect(cache[Self.key("k")] == [1])
        #expect(cache[Self.key("k", user: "ben")] == nil)
        #expect(cache[Self.key("other")] == nil)
        cache.expire(now: Self.moment(299_999))
        #expect(cache[Self.key("k")] == [1])
        cache.expire(now: Self.moment(300_000))
        #expect(cache[Self.key("k")] == nil && cache.nextExpiry == nil)
    }

    @Test func boundsAnswersByCountAndBytes() {
        var cache = AnswerCache<IdempotencyKey>(window: .seconds(300), maximumCount: 2)
        for text in ["a", "b", "c"] {
            cache.remember([0], for: Self.key(text), at: Self.moment(0))
        }
        #expect(cache.count == 2 && cache[Self.key("a")] == nil)
        let half = [UInt8](repeating: 0, count: AnswerCache<IdempotencyKey>.maximumByteCount / 2)
        cache.remember(half, for: Self.key("d"), at: Self.moment(0))
        cache.remember(half, for: Self.key("e"), at: Self.moment(0))
        #expect(cache.count == 2)
        cache.remember(half + [0], for: Self.key("f"), at: Self.moment(0))
        #expect(cache.count == 1)
        #expect(cache[Self.key("f")] != nil)
    }

    @Test func aTimeoutEndsAndABanDoesNot() {
        var mutes = MuteTable()
        mutes.set(.timeout(until: Self.moment(1_000)), for: "ana")
        mutes.set(.ban, for: "ben")
        #expect(mutes.mute(of: "ana", now: Self.moment(999)) != nil)
        #expect(mutes.mute(of: "ana", now: Self.moment(1_000)) == nil)
        #expect(mutes.mute(of: "ben", now: Self.moment(.max)) == .ban)
        #expect(mutes.nextExpiry == Self.moment(1_000))
        mutes.expire(now: Self.moment(1_000))
        #expect(mutes.count == 1 && mutes.nextExpiry == nil)
        mutes.lift("ben")
        #expect(mutes.isEmpty)
    }

    @Test func countsDistinctUsersAndThePeak() {
        var audience = Audience()
        var meter = ViewerMeter()
        meter.see(1, viewers: 1, audience: audience)
        meter.see(2, viewers: 2, audience: audience)
        meter.see(1, viewers: 2, audience: audience)
        #expect(
            meter.figures(viewers: 1, audience: audience)
                == ViewerFigures(viewers: 1, uniqueViewers: 2, peakViewers: 2)
        )
        let gained = meter.takeUnrecorded(audience: audience)
        #expect(gained?.users == [1, 2] && gained?.peak == 2)
        audience.see([1, 2], peak: 2)
        audience.see([1, 2], peak: 2)
        #expect(meter.takeUnrecorded(audience: audience) == nil)
        meter.see(2, viewers: 1, audience: audience)
        #expect(meter.takeUnrecorded(audience: audience) == nil)
        #expect(audience.uniqueCount == 2 && audience.peak == 2)
    }

    @Test func uniqueViewersStandStillAtTheirLimit() {
        var audience = Audience()
        let limit = Audience.maximumUniqueCount
        audience.see((1..<UInt64(limit)).map { $0 }, peak: 1)
        #expect(audience.uniqueCount == limit - 1)
        var meter = ViewerMeter()
        meter.see(UInt64(limit) + 1, viewers: 1, audience: audience)
        #expect(meter.figures(viewers: 1, audience: audience).uniqueViewers == limit)
        meter.see(UInt64(limit) + 2, viewers: 2, audience: audience)
        #expect(meter.figures(viewers: 2, audience: audience).uniqueViewers == limit)
        audience.see([UInt64(limit) + 1, UInt64(limit) + 2], peak: 2)
        #expect(audience.uniqueCount == limit)
    }

    @Test func tellsFiguresOnceAnIntervalWhenTheyChanged() {
        var meter = ViewerMeter()
        let one = ViewerFigures(viewers: 1, uniqueViewers: 1, peakViewers: 1)
        let two = ViewerFigures(viewers: 2, uniqueViewers: 2, peakViewers: 2)
        let now = Self.moment(5_000)
        #expect(meter.nextTelling(now: now, interval: .seconds(1)) == now)
        #expect(meter.tell(one, at: now) == true)
        #expect(meter.tell(one, at: now) == false)
        let soon = meter.nextTelling(now: Self.moment(5_001), interval: .seconds(1))
        #expect(soon == Self.moment(6_000))
        #expect(meter.tell(two, at: Self.moment(6_000)) == true)
        let late = meter.nextTelling(now: Self.moment(9_000), interval: .seconds(1))
        #expect(late == Self.moment(9_000))
    }

    @Test func digestsAreStable() {
        // Journals hold them: they must never change.
        #expect(Author.user("ana").digest == 0x1ECE_80A3_8BBA_8016)
        #expect(Author.user("ana").digest != Author.user("anb").digest)
        let client = Author.client(ClientID(high: 1, low: 2))
        #expect(client.digest == 0x8D4F_874C_404D_DE5C)
    }

    @Test func commentIDsAreTheirPositions() {
        let id = CommentID(Position(epoch: "abcd1234", offset: 42))
        #expect(id.text == "abcd1234-42")
        #expect(CommentID("abcd1234-42") == id)
        for text in ["", "-", "abc", "abc-", "abc-0", "abc-042", "abc-+1", "abc-1x"] {
            #expect(CommentID(text) == nil)
        }
        let longest = CommentID(Position(epoch: "abcd1234", offset: .max)).text
        #expect(longest.utf8.count <= LiveLimits.maximumCommentIDByteCount)
    }
}
