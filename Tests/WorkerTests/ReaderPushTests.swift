// SPDX-License-Identifier: Apache-2.0

import Channels
import HTTP
import HubLink
import Testing

@testable import WebServer
@testable import Worker

/// What readers over HTTP get of what the members of a channel are sent.
@Suite struct ReaderPushTests {
    private let position = Position(epoch: "e", offset: 7)

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func chunk(_ text: String) -> [UInt8] { ChunkedBodyEncoder.encode(Array(text.utf8)) }

    private func frame(_ log: String, _ latest: String) -> FanOutFrame {
        FanOutFrame(
            log: Array(log.utf8),
            latest: Array(latest.utf8),
            key: ConflationKey(rawValue: 1),
            position: position
        )
    }

    @Test func anEventHasEachObjectOnALineAndThePositionAfterIt() {
        let event = ServerSentEvent.encode(Array("{1}\n{2}".utf8), position: position)
        #expect(text(event) == "id: e:7\ndata: {1}\ndata: {2}\n\n")
        #expect(
            text(ServerSentEvent.encode(Array("{}".utf8), retry: .seconds(2)))
                == "retry: 2000\ndata: {}\n\n"
        )
        let nowhere = Position(epoch: "", offset: 0)
        #expect(text(ServerSentEvent.encode(Array("{}".utf8), position: nowhere)) == "data: {}\n\n")
    }

    @Test func aBatchIsOneEvent() {
        let frame = frame("{1}", "{n}")
        #expect(frame.event.chunked.bytes == chunk("id: e:7\ndata: {1}\ndata: {n}\n\n"))
        #expect(frame.event === frame.event, "encoded once for all")
    }

    @Test func whatMayBeReplacedClaimsNoPosition() {
        // A newer one could take its place before what has to arrive, and be the last that is seen.
        let parts = frame("{1}", "{n}").eventParts
        #expect(
            parts.map(\.chunked.bytes) == [
                chunk("id: e:7\ndata: {1}\n\n"), chunk("data: {n}\n\n"),
            ]
        )
        #expect(parts[0].chunked.conflationKey == nil)
        #expect(parts[1].chunked.conflationKey == ConflationKey(rawValue: 1))
        #expect(parts[1].plain.conflationKey == ConflationKey(rawValue: 1))
        let count = frame("", "{n}").eventParts
        #expect(count.map(\.chunked.bytes) == [chunk("data: {n}\n\n")])
        #expect(count[0].chunked.conflationKey != nil)
    }

    @Test func aPollIsToldHowManyCommentsWereLeftOut() throws {
        let name = try ChannelName("live:a")
        let audience = ChannelAudience(name: name, conflationKey: ConflationKey(rawValue: 1))
        audience.beginKeeping(
            HubReply.Subscribed(
                isPositioned: true,
                isRecoverable: true,
                recovered: nil,
                missed: .init(epoch: "e", offset: 10, publications: []),
                data: []
            ),
            lifetime: .seconds(60),
            at: Timestamp(milliseconds: 0)
        )
        for offset in UInt64(11)...15 {
            let json = Array("{\"offset\":\(offset)}".utf8)
            audience.keep(
                .init(channel: "live:a", offset: offset, json: json),
                at: Timestamp(milliseconds: 0)
            )
            if [12, 14].contains(offset) { audience.leaveOut(offset) }
        }
        func shown(since: UInt64) -> [String] {
            let all = (since + 1...15).map { Array("{\"offset\":\($0)}".utf8) }
            return audience.shown(of: all, upTo: 15).map { text($0) }
        }
        let note = #"{"data":{"type":"skipped","count":2,"from":12,"to":14}}"#
        #expect(
            shown(since: 10)
                == [note, #"{"offset":11}"#, #"{"offset":13}"#, #"{"offset":15}"#]
        )
        #expect(shown(since: 14) == [#"{"offset":15}"#])
        audience.forgetRecent()
        #expect(shown(since: 13) == [#"{"offset":14}"#, #"{"offset":15}"#])
    }
}
