// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HTTP
import Testing

@testable import Worker

/// What a request for a channel may ask, and what makes no sense.
@Suite struct ReaderRequestTests {
    private func parse(
        _ target: String,
        _ headers: HTTPHeaders = [:]
    ) throws -> ReaderRequest {
        let target = try RequestTarget(parsing: target, method: .get)
        return try ReaderRequest(HTTPRequest(method: .get, target: target, headers: headers))
    }

    private func refusal(_ target: String, _ headers: HTTPHeaders = [:]) -> UInt32? {
        do {
            _ = try parse(target, headers)
            return nil
        } catch {
            return (error as? ErrorReply)?.code
        }
    }

    @Test func asksForTheChannelInThePath() throws {
        let plain = try parse("/channels/live:show")
        #expect(plain.kind == .poll)
        #expect(plain.channel == "live:show")
        #expect(plain.token == nil && plain.since == nil && plain.wait == .zero)
        #expect(try parse("/channels/%23ana").channel == "#ana")
        #expect(try parse("/channels/a/b%2Fc").channel == "a/b/c")
        #expect(refusal("/channels/") == 107)
        #expect(refusal("/channels/%zz") == 107)
        #expect(refusal("/channels/%00") == 107)
    }

    @Test(arguments: [
        ("text/event-stream", true), ("TEXT/Event-Stream;q=0.9", true),
        ("text/event-stream ; q=0.9", true),
        ("text/html, text/event-stream", true), ("text/event-streams", false), ("*/*", false),
        ("", false),
    ])
    func isAStreamWhereTheClientSaysSo(accept: String, isStream: Bool) throws {
        #expect(
            try parse("/channels/a", ["Accept": accept]).kind == (isStream ? .events : .poll)
        )
    }

    @Test func takesATokenFromTheFieldBeforeTheQuery() throws {
        #expect(try parse("/channels/a?token=q").token == "q")
        let both = try parse("/channels/a?token=q", ["Authorization": "bEARER t"])
        #expect(both.token == "t")
        #expect(refusal("/channels/a", ["Authorization": "Basic t"]) == 101)
        #expect(try parse("/channels/a?subscription_token=s").subscriptionToken == "s")
    }

    /// Whose token is cut off is not taken for somebody who has none.
    @Test(arguments: ["token", "subscription_token", "since", "wait"])
    func whatCannotBeDecodedIsNotTakenForAbsent(name: String) {
        #expect(refusal("/channels/a?\(name)=%f") == 107)
        #expect(refusal("/channels/a?\(name)=%FF") == 107)
    }

    @Test func goesOnFromWhatAStreamSawLast() throws {
        let last: HTTPHeaders = ["Accept": "text/event-stream", "Last-Event-ID": "e:7"]
        #expect(
            try parse("/channels/a?since=e:3", last).since == Position(epoch: "e", offset: 7)
        )
        // Polls have their position in the URL alone.
        #expect(
            try parse("/channels/a?since=e:3", ["Last-Event-ID": "e:7"]).since
                == Position(epoch: "e", offset: 3)
        )
        let none: HTTPHeaders = ["Accept": "text/event-stream", "Last-Event-ID": ""]
        #expect(try parse("/channels/a", none).since == nil)
        #expect(
            refusal("/channels/a", ["Accept": "text/event-stream", "Last-Event-ID": "x"]) == 107
        )
    }

    @Test func readsPositionsUpToTheirLimits() {
        let epoch = String(repeating: "e", count: 64)
        #expect(ReaderRequest.position(epoch + ":1") == Position(epoch: epoch, offset: 1))
        #expect(ReaderRequest.position(epoch + "e:1") == nil)
        #expect(ReaderRequest.position("e:18446744073709551615")?.offset == .max)
        #expect(ReaderRequest.position("e:18446744073709551616") == nil)
        #expect(ReaderRequest.position("e:000000000000000000001") == nil)
        #expect(ReaderRequest.position(":0") == Position(epoch: "", offset: 0))
        for text in ["", "e", "e:", ":", "e:+1", "e:-1", "e:1x", "e:1 "] {
            #expect(ReaderRequest.position(text) == nil, "\(text)")
        }
    }

    @Test func waitsAsDurationsAreWritten() throws {
        #expect(try parse("/channels/a?wait=25s").wait == .seconds(25))
        #expect(try parse("/channels/a?wait=500ms").wait == .milliseconds(500))
        #expect(try parse("/channels/a?wait=0").wait == .zero)
        for wait in ["25", "-1s", "s", "", "1e9s"] {
            #expect(refusal("/channels/a?wait=" + wait) == 107, "\(wait)")
        }
    }
}
