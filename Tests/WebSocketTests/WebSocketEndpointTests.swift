// SPDX-License-Identifier: Apache-2.0

import Testing
import WebSocket

@Suite struct WebSocketEndpointTests {
    private let limits = WebSocketLimits(maximumMessageByteCount: 100)

    private func receive(
        _ endpoint: inout WebSocketEndpoint,
        _ bytes: [UInt8]
    ) -> [WebSocketEndpoint.Action] {
        var actions: [WebSocketEndpoint.Action] = []
        var offset = 0
        while let action = endpoint.receive(bytes.span, from: &offset, limits: limits) {
            actions.append(action)
        }
        #expect(offset == bytes.count)
        return actions
    }

    @Test func deliversMessagesAndAnswersPings() {
        var endpoint = WebSocketEndpoint(receivingFrom: .client)
        let bytes =
            clientFrame(.text, "a") + clientFrame(.ping, "b") + clientFrame(.binary, "c")
            + clientFrame(.pong, "d")
        #expect(
            receive(&endpoint, bytes) == [
                .deliverText([0x61]), .sendPong([0x62]), .deliverBinary([0x63]),
                .receivedPong([0x64]),
            ]
        )
    }

    @Test func answersACloseWithItsCodeAndTakesNothingMore() {
        var endpoint = WebSocketEndpoint(receivingFrom: .client)
        let close = ClosePayload(code: .goingAway, reason: "x")
        let bytes = clientFrame(.close, close.bytes) + clientFrame(.text, "late")
        #expect(
            receive(&endpoint, bytes) == [
                .finish(ClosePayload(code: .goingAway), .closedByPeer(close))
            ]
        )
        #expect(!endpoint.isOpen)
        #expect(receive(&endpoint, [0xFF, 0xFF]).isEmpty)
        #expect(endpoint.close(close) == nil)
    }

    @Test func answersAnEmptyCloseWithAnEmptyOne() {
        var endpoint = WebSocketEndpoint(receivingFrom: .client)
        let empty = ClosePayload(code: nil)
        #expect(
            receive(&endpoint, clientFrame(.close, [])) == [.finish(empty, .closedByPeer(empty))]
        )
        #expect(empty.bytes.isEmpty)
    }

    @Test func dropsWhatComesAfterItsOwnCloseUpToThePeers() {
        var endpoint = WebSocketEndpoint(receivingFrom: .client)
        let close = ClosePayload(code: CloseCode(rawValue: 3001), reason: "shutdown")
        #expect(endpoint.close(close) == close)
        #expect(endpoint.close(close) == nil)
        let bytes =
            clientFrame(.text, "a") + clientFrame(.ping, "b") + clientFrame(.close, close.bytes)
        #expect(receive(&endpoint, bytes) == [.finish(nil, .closeAnswered(close))])
    }

    @Test func tellsThePeerWhatItBroke() {
        var endpoint = WebSocketEndpoint(receivingFrom: .client)
        let payload = ClosePayload(code: .protocolError, reason: "unknown opcode")
        #expect(
            receive(&endpoint, [0x83, 0x80]) == [.finish(payload, .violation(.unknownOpcode))]
        )
    }

    @Test func saysNothingAboutAViolationAfterItsOwnClose() {
        var endpoint = WebSocketEndpoint(receivingFrom: .client)
        _ = endpoint.close(ClosePayload(code: .normalClosure))
        #expect(receive(&endpoint, [0x83, 0x80]) == [.finish(nil, .violation(.unknownOpcode))])
    }

    @Test func cutsACloseReasonAtACharactersEnd() {
        let longest = WebSocketLimits.maximumCloseReasonByteCount
        let reason = String(repeating: "a", count: longest - 1)
        #expect(ClosePayload(code: .normalClosure, reason: reason + "b").reason == reason + "b")
        #expect(ClosePayload(code: .normalClosure, reason: reason + "é").reason == reason)
        #expect(
            ClosePayload(code: .normalClosure, reason: reason + "é").bytes.count
                <= WebSocketLimits.maximumControlPayloadByteCount
        )
    }
}
