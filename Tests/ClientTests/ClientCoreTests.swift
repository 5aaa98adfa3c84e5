// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import ClientProtocol
import JSON
import Testing

@Suite struct ClientCoreTests {
    @Test func connectsFirstAndThenSubscribes() {
        var session = Session()
        session.core.subscribe(.init(channel: "live:a")).expectNothing()
        #expect(session.take(session.core.start()) == ["open", "check 10s"])
        #expect(
            session.take(session.core.transportOpened()) == [
                #"send {"id":1,"connect":{"token":"T","name":"tally"}}"#, "check 10s",
            ]
        )
        #expect(
            session.receive(#"{"id":1,"connect":{"client":"c1","ping":25,"pong":true}}"#) == [
                "check 35s", "connected",
                #"send {"id":2,"subscribe":{"channel":"live:a"}}"#,
            ]
        )
        #expect(session.core.clientID == "c1")
    }

    @Test func answersPingsWhenAsked() {
        var session = Session.connected()
        #expect(session.receive("{}") == ["send {}"])
    }

    @Test func reportsAnswersToTheRightRequest() {
        var session = Session.connected()
        let first = session.core.request(.rpc(method: "live.get", data: Array("{}".utf8)))
        let second = session.core.request(.ping)
        #expect(
            session.take(first.actions) == [
                #"send {"id":2,"rpc":{"method":"live.get","data":{}}}"#
            ]
        )
        let answers = session.receive(
            #"{"id":\#(second.id),"ping":{}}"# + "\n"
                + #"{"id":\#(first.id),"error":{"code":404,"message":"unknown stream"}}"#
        )
        #expect(answers == ["answered 3 {}", "refused 2 404"])
    }

    @Test func keepsRequestsUntilThereIsAConnection() {
        var session = Session()
        _ = session.core.request(.ping)
        #expect(session.connect().last == #"send {"id":1,"ping":{}}"#)
    }

    @Test func boundsTheRequestsThatWait() {
        var session = Session()
        for _ in 0..<ClientCore.maximumWaitingCommands {
            session.core.request(.ping).actions.expectNothing()
        }
        #expect(session.take(session.core.request(.ping).actions) == ["failed 1025 tooManyWaiting"])
    }

    @Test func recoversFromWhereItStood() {
        var session = Session.connected()
        _ = session.core.subscribe(.init(channel: "live:a"))
        _ = session.receive(
            #"{"id":2,"subscribe":{"recoverable":true,"positioned":true,"epoch":"e","offset":7}}"#
        )
        #expect(session.receive(push("live:a", 8)) == ["publication live:a 8"])
        let ended = session.take(session.core.transportFailed("reset"))
        #expect(ended.first == "check never")
        #expect(ended.last?.hasPrefix("reconnect ") == true)
        _ = session.core.backOffElapsed()
        #expect(
            session.connect(reopening: false).last
                == #"send {"id":4,"subscribe":{"channel":"live:a","recover":true,"#
                + #""epoch":"e","offset":8}}"#
        )
        let recovered = session.receive(
            #"{"id":4,"subscribe":{"recoverable":true,"epoch":"e","offset":10,"#
                + #""was_recovering":true,"recovered":true,"#
                + #""publications":[{"data":1,"offset":9},{"data":2,"offset":10}]}}"#
        )
        #expect(
            recovered == ["subscribed live:a", "publication live:a 9", "publication live:a 10"]
        )
        #expect(session.core.subscriptions["live:a"]?.position == Position(epoch: "e", offset: 10))
        #expect(session.core.subscriptions["live:a"]?.gapCount == 0)
    }

    @Test func startsAnewWhenRecoveryFailed() {
        var session = Session.connected()
        var request = ClientCommand.Subscribe(channel: "live:a")
        request.recover = Position(epoch: "old", offset: 50)
        _ = session.core.subscribe(request)
        _ = session.receive(
            #"{"id":2,"subscribe":{"recoverable":true,"epoch":"new","offset":3,"#
                + #""was_recovering":true}}"#
        )
        #expect(session.core.subscriptions["live:a"]?.position == Position(epoch: "new", offset: 3))
        #expect(session.receive(push("live:a", 4)) == ["publication live:a 4"])
    }

    @Test func dropsDuplicatesAndCountsGaps() {
        var session = Session.connected()
        _ = session.core.subscribe(.init(channel: "c"))
        _ = session.receive(#"{"id":2,"subscribe":{"positioned":true,"epoch":"e","offset":1}}"#)
        #expect(session.receive(push("c", 1)) == [])
        #expect(session.receive(push("c", 4)) == ["publication c 4"])
        #expect(session.receive(push("c", 0)) == ["publication c 0"])
        #expect(session.core.subscriptions["c"]?.duplicateCount == 1)
        #expect(session.core.subscriptions["c"]?.gapCount == 1)
    }

    @Test func triesATemporarilyRefusedSubscriptionAgain() {
        var session = Session.connected()
        _ = session.core.subscribe(.init(channel: "c"))
        #expect(
            session.receive(
                #"{"id":2,"error":{"code":111,"message":"m","temporary":true,"#
                    + #""retry_after_ms":700}}"#
            ) == ["resubscribe c 700ms"]
        )
        #expect(
            session.take(session.core.resubscribeDue(channel: "c")) == [
                #"send {"id":3,"subscribe":{"channel":"c"}}"#
            ]
        )
        #expect(
            session.receive(#"{"id":3,"error":{"code":103,"message":"m"}}"#) == ["unsubscribed c"]
        )
        #expect(session.core.subscriptions.isEmpty)
    }

    @Test func subscribesAgainFromCode2500() {
        var session = Session.connected()
        _ = session.core.subscribe(.init(channel: "c"))
        _ = session.receive(#"{"id":2,"subscribe":{}}"#)
        #expect(
            session.receive(#"{"push":{"channel":"c","unsubscribe":{"code":2500}}}"#) == [
                #"send {"id":3,"subscribe":{"channel":"c"}}"#
            ]
        )
        #expect(
            session.receive(#"{"push":{"channel":"c","unsubscribe":{"code":2499}}}"#) == [
                "unsubscribed c"
            ]
        )
    }

    @Test func recoversServerSideSubscriptions() {
        var session = Session()
        _ = session.core.start()
        _ = session.core.transportOpened()
        let subs = ##""subs":{"#ana":{"recoverable":true,"epoch":"e","offset":2}}"##
        #expect(
            session.receive(#"{"id":1,"connect":{"client":"c",\#(subs)}}"#) == [
                "check never", "connected", "subscribed #ana",
            ]
        )
        #expect(session.receive(push("#ana", 3)) == ["publication #ana 3"])
        _ = session.core.transportFailed("reset")
        _ = session.core.backOffElapsed()
        #expect(
            session.take(session.core.transportOpened())[0].contains(
                ##""subs":{"#ana":{"recover":true,"epoch":"e","offset":3}}"##
            )
        )
    }

    @Test(arguments: [
        (1000, true), (1006, true), (1009, false), (3000, true), (3499, true), (3500, false),
        (3999, false), (4000, true), (4499, true), (4500, false), (4999, false),
    ])
    func tellsTerminalCloseCodes(code: UInt16, reconnects: Bool) {
        var session = Session.connected()
        let actions = session.take(session.core.transportClosed(code: code, reason: ""))
        #expect((actions.last?.hasPrefix("reconnect ") == true) == reconnects)
        #expect((session.core.state == .stopped) == !reconnects)
    }

    @Test func asksForAnotherTokenWhenItsOwnIsExpired() {
        var session = Session(tokens: ["old", "new"])
        _ = session.core.start()
        #expect(session.take(session.core.transportOpened())[0].contains(#""token":"old""#))
        let refused = session.receive(#"{"id":1,"error":{"code":109,"message":"token expired"}}"#)
        #expect(refused.first == "close 1000")
        #expect(session.core.state == .waitingToReconnect)
        _ = session.core.backOffElapsed()
        #expect(session.take(session.core.transportOpened())[0].contains(#""token":"new""#))
    }

    @Test func staysAwayWhenItHasNoOtherToken() {
        var session = Session(tokens: ["old"])
        _ = session.core.start()
        _ = session.core.transportOpened()
        _ = session.receive(#"{"id":1,"error":{"code":109,"message":"token expired"}}"#)
        #expect(session.core.state == .stopped)
    }

    @Test func renewsItsTokenBeforeItExpires() {
        var session = Session(tokens: ["first", "second"])
        _ = session.core.start()
        _ = session.core.transportOpened()
        #expect(
            session.receive(#"{"id":1,"connect":{"client":"c","expires":true,"ttl":300}}"#) == [
                "check never", "refresh 240s", "connected",
            ]
        )
        #expect(
            session.take(session.core.refreshDue()) == [
                #"send {"id":2,"refresh":{"token":"second"}}"#
            ]
        )
        #expect(
            session.receive(#"{"id":2,"refresh":{"client":"c","expires":true,"ttl":100}}"#) == [
                "refresh 80s"
            ]
        )
        // No third token: nothing to say.
        #expect(session.take(session.core.refreshDue()) == [])
    }

    @Test func stopsWhenConnectIsRefused() {
        var session = Session()
        _ = session.core.start()
        _ = session.core.transportOpened()
        let refused = session.receive(#"{"id":1,"error":{"code":101,"message":"unauthorized"}}"#)
        #expect(refused == ["close 1000", "check never", "refresh never", "disconnected"])
        #expect(session.core.state == .stopped)
    }

    @Test func givesUpASilentConnection() {
        var session = Session.connected()
        _ = session.receive("{}")
        #expect(session.take(session.core.livenessCheckDue()) == ["check 35s"])
        #expect(session.take(session.core.livenessCheckDue()).first == "close 3012")
    }

    @Test func failsRequestsThatLostTheirConnection() {
        var session = Session.connected()
        _ = session.core.request(.ping)
        #expect(session.take(session.core.transportFailed("x")).contains("failed 2 connectionLost"))
    }

    @Test(arguments: ["nonsense", "[]", #"{"other":1}"#, "{\"id\":1", "{}\n1"])
    func endsWhenTheServerTalksNonsense(text: String) {
        var session = Session.connected()
        #expect(session.receive(text).contains("close 3501"))
        #expect(session.core.state == .stopped)
    }

    @Test func stopsAtOnce() {
        var session = Session.connected()
        #expect(
            session.take(session.core.stop()) == [
                "close 1000", "check never", "refresh never", "disconnected",
            ]
        )
        #expect(session.receive(push("c", 1)) == [])
    }

    private func push(_ channel: String, _ offset: Int) -> String {
        #"{"push":{"channel":"\#(channel)","pub":{"data":{},"offset":\#(offset)}}}"#
    }
}
