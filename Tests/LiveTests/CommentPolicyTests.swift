// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Live
import Testing

@Suite final class CommentPolicyTests {
    private var policy = CommentPolicy(limits: CommentPolicy.Limits())
    private let ana = CommentPolicy.Place(stream: "a", author: .user("ana"))

    /// Sends a comment at a moment; nil when it is accepted.
    private func send(
        _ text: String,
        at milliseconds: Int64,
        by place: CommentPolicy.Place? = nil,
        slow: Int64 = 0,
        moderator: Bool = false
    ) -> ErrorReply? {
        let now = Timestamp(milliseconds: milliseconds)
        policy.expire(now: now)
        do throws(ErrorReply) {
            try policy.check(
                text,
                at: place ?? ana,
                slowSeconds: slow,
                isModerator: moderator,
                now: now
            )
            policy.note(text, at: place ?? ana, now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test func letsThreeThroughInTwoSeconds() {
        #expect(send("1", at: 0) == nil)
        #expect(send("2", at: 500) == nil)
        #expect(send("3", at: 1_000) == nil)
        #expect(
            send("4", at: 1_500) == ErrorReply(.tooManyRequests, retryAfterMilliseconds: 500)
        )
        #expect(
            send("4", at: 1_999) == ErrorReply(.tooManyRequests, retryAfterMilliseconds: 1)
        )
        #expect(send("4", at: 2_000) == nil)
        #expect(send("5", at: 2_000)?.retryAfterMilliseconds == 500)
        #expect(send("5", at: 2_500) == nil)
    }

    @Test func countsOneUserOverAllStreams() {
        for (index, stream) in ["a", "b", "c"].enumerated() {
            let place = CommentPolicy.Place(stream: stream, author: .user("ana"))
            #expect(send("\(index)", at: 0, by: place) == nil)
        }
        let fourth = CommentPolicy.Place(stream: "d", author: .user("ana"))
        #expect(send("x", at: 0, by: fourth)?.code == ErrorCode.tooManyRequests.rawValue)
        let other = CommentPolicy.Place(stream: "a", author: .user("ben"))
        #expect(send("x", at: 0, by: other) == nil)
    }

    @Test func exemptsModeratorsFromRateAndSlowMode() {
        for number in 0..<10 {
            #expect(send("\(number)", at: 0, slow: 60, moderator: true) == nil)
        }
        #expect(
            send("9", at: 0, moderator: true)?.code == ErrorCode.duplicateComment.rawValue
        )
    }

    @Test func keepsSlowModesDistance() {
        #expect(send("1", at: 0, slow: 10) == nil)
        #expect(
            send("2", at: 9_999, slow: 10) == ErrorReply(.slowMode, retryAfterMilliseconds: 1)
        )
        #expect(send("2", at: 10_000, slow: 10) == nil)
        #expect(send("3", at: 10_001, slow: 0) == nil)
        // Another stream has its own distance.
        let elsewhere = CommentPolicy.Place(stream: "b", author: .user("ana"))
        #expect(send("1", at: 12_500, by: elsewhere, slow: 10) == nil)
    }

    @Test func refusesTheSameTextWithinTheWindow() {
        #expect(send("Hello  World", at: 0) == nil)
        #expect(
            send("hello world", at: 29_999)
                == ErrorReply(.duplicateComment, retryAfterMilliseconds: 1)
        )
        #expect(send("hello world", at: 30_000) == nil)
    }

    @Test func comparesAgainstTheLastFourTexts() {
        for (index, text) in ["a", "b", "c", "d"].enumerated() {
            #expect(send(text, at: Int64(index) * 1_000) == nil)
        }
        #expect(send("a", at: 4_000)?.code == ErrorCode.duplicateComment.rawValue)
        #expect(send("e", at: 5_000) == nil)
        #expect(send("a", at: 6_000) == nil)
    }

    @Test func aRefusedCommentCostsNothing() {
        for number in 1...3 { #expect(send("\(number)", at: 0) == nil) }
        for _ in 0..<50 { #expect(send("4", at: 1_000) != nil) }
        #expect(send("4", at: 2_000) == nil)
    }

    @Test func forgetsInTime() {
        #expect(send("1", at: 0) == nil)
        #expect(policy.nextExpiry == Timestamp(milliseconds: 2_000))
        policy.expire(now: Timestamp(milliseconds: 2_000))
        #expect(policy.nextExpiry == Timestamp(milliseconds: 3_600_000))
        policy.expire(now: Timestamp(milliseconds: 3_600_000))
        #expect(policy.nextExpiry == nil)
    }
}
