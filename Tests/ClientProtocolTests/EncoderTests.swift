// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import JSON
import Testing

@Suite struct EncoderTests {
    let client = ClientID(high: 0x0011_2233_4455_4677, low: 0x8899_AABB_CCDD_EEFF)
    let clientText = "00112233-4455-4677-8899-aabbccddeeff"
    let data = Array(#"{"a":1}"#.utf8)

    @Test func errorReplies() {
        #expect(
            text(Encoder.errorReply(id: 4, ErrorReply(.permissionDenied)))
                == #"{"id":4,"error":{"code":103,"message":"permission denied"}}"#
        )
        #expect(
            text(
                Encoder.errorReply(
                    id: 4,
                    ErrorReply(.tooManyRequests, retryAfterMilliseconds: 250)
                )
            )
                == #"{"id":4,"error":{"code":111,"message":"too many requests","#
                + #""temporary":true,"retry_after_ms":250}}"#
        )
        let quoted = ErrorReply(
            code: 1_000,
            message: "no \"x\"\n",
            isTemporary: false,
            retryAfterMilliseconds: nil
        )
        #expect(text(Encoder.error(quoted)) == #"{"code":1000,"message":"no \"x\"\n"}"#)
    }

    @Test func everyReplyCarriesItsMethod() {
        for method in Method.allCases {
            #expect(
                text(Encoder.emptyReply(id: 4, method)) == #"{"id":4,"\#(method.rawValue)":{}}"#
            )
        }
    }

    @Test func connectReplies() {
        var result = ConnectResult(
            client: client,
            version: "0.1.0",
            pingInterval: 25,
            expectsPong: true,
            session: "s",
            node: "n",
            time: Timestamp(milliseconds: 1_700_000_000_123)
        )
        #expect(
            text(Encoder.connectReply(id: 1, result))
                == #"{"id":1,"connect":{"client":"\#(clientText)","version":"0.1.0","ping":25,"#
                + #""pong":true,"session":"s","node":"n","time":1700000000123}}"#
        )
        result.timeToLive = 60
        result.data = data
        result.subscriptions = [
            .init(
                channel: "#ana",
                result: SubscribeResult(
                    isRecoverable: true,
                    isPositioned: true,
                    position: Position(epoch: "e", offset: 3)
                )
            )
        ]
        result.pingInterval = 0
        #expect(
            text(Encoder.connectReply(id: 1, result))
                == #"{"id":1,"connect":{"client":"\#(clientText)","version":"0.1.0","#
                + #""expires":true,"ttl":60,"data":{"a":1},"subs":{"#
                + ##""#ana":{"recoverable":true,"positioned":true,"epoch":"e","offset":3}},"##
                + #""session":"s","node":"n","time":1700000000123}}"#
        )
    }

    @Test func subscribeReplies() {
        let position = Position(epoch: "e", offset: 9)
        #expect(
            text(
                Encoder.subscribeReply(
                    id: 2,
                    SubscribeResult(isRecoverable: false, isPositioned: false, position: position)
                )
            )
                == #"{"id":2,"subscribe":{"recoverable":false,"positioned":false,"epoch":"e","#
                + #""offset":9}}"#
        )
        let recovered = SubscribeResult(
            isRecoverable: true,
            isPositioned: true,
            position: position,
            recovered: true,
            publications: [Encoder.publication(data: data, offset: 9)],
            data: data,
            timeToLive: 0
        )
        #expect(
            text(Encoder.subscribeReply(id: 2, recovered))
                == #"{"id":2,"subscribe":{"expires":true,"ttl":1,"recoverable":true,"#
                + #""positioned":true,"epoch":"e","offset":9,"was_recovering":true,"#
                + #""recovered":true,"publications":[{"data":{"a":1},"offset":9}],"data":{"a":1}}}"#
        )
        let lost = SubscribeResult(
            isRecoverable: true,
            isPositioned: true,
            position: position,
            recovered: false
        )
        #expect(
            text(Encoder.subscribeReply(id: 2, lost))
                == #"{"id":2,"subscribe":{"recoverable":true,"positioned":true,"epoch":"e","#
                + #""offset":9,"was_recovering":true,"recovered":false}}"#
        )
    }

    @Test func resultReplies() {
        let position = Position(epoch: "e", offset: 9)
        #expect(
            text(Encoder.historyReply(id: 5, publications: [], position: position))
                == #"{"id":5,"history":{"publications":[],"epoch":"e","offset":9}}"#
        )
        #expect(
            text(Encoder.historyReply(id: 5, publications: [data, data], position: position))
                == #"{"id":5,"history":{"publications":[{"a":1},{"a":1}],"epoch":"e","offset":9}}"#
        )
        #expect(
            text(Encoder.presenceStatsReply(id: 5, clients: 3, users: 2))
                == #"{"id":5,"presence_stats":{"num_clients":3,"num_users":2}}"#
        )
        #expect(
            text(Encoder.rpcReply(id: 5, data: data)) == #"{"id":5,"rpc":{"data":{"a":1}}}"#
        )
        #expect(text(Encoder.rpcReply(id: 5, data: [])) == #"{"id":5,"rpc":{}}"#)
        #expect(
            text(Encoder.refreshReply(id: 5, client: client, version: "v", timeToLive: 60))
                == #"{"id":5,"refresh":{"client":"\#(clientText)","version":"v","#
                + #""expires":true,"ttl":60}}"#
        )
        #expect(
            text(Encoder.subRefreshReply(id: 5, timeToLive: 60))
                == #"{"id":5,"sub_refresh":{"expires":true,"ttl":60}}"#
        )
        #expect(
            text(Encoder.subRefreshReply(id: 5, timeToLive: nil)) == #"{"id":5,"sub_refresh":{}}"#
        )
    }

    @Test func presenceReplies() {
        let anonymous = ClientInfo(user: "", client: client, connectionInfo: [])
        let info = Encoder.clientInfo(anonymous, channelInfo: data)
        #expect(
            text(Encoder.presenceReply(id: 5, presence: Encoder.presence([(client, info)])))
                == #"{"id":5,"presence":{"presence":{"\#(clientText)":{"user":"","client":"#
                + #""\#(clientText)","chan_info":{"a":1}}}}}"#
        )
        #expect(
            text(Encoder.presenceReply(id: 5, presence: Encoder.presence([])))
                == #"{"id":5,"presence":{"presence":{}}}"#
        )
    }

    @Test func publications() {
        let ana = ClientInfo(user: "ana", client: client, connectionInfo: data)
        let publication = Encoder.publication(
            data: data,
            offset: 3,
            info: Encoder.clientInfo(ana),
            time: Timestamp(milliseconds: 5)
        )
        #expect(
            text(publication)
                == #"{"data":{"a":1},"offset":3,"info":{"user":"ana","client":"\#(clientText)","#
                + #""conn_info":{"a":1}},"time":5}"#
        )
        #expect(text(Encoder.publication(data: data)) == #"{"data":{"a":1}}"#)
    }

    @Test func pushes() {
        #expect(
            text(Encoder.publicationPush(channel: "c", publication: data))
                == #"{"push":{"channel":"c","pub":{"a":1}}}"#
        )
        #expect(
            text(Encoder.joinPush(channel: "c", info: data))
                == #"{"push":{"channel":"c","join":{"info":{"a":1}}}}"#
        )
        #expect(
            text(Encoder.leavePush(channel: "c", info: data))
                == #"{"push":{"channel":"c","leave":{"info":{"a":1}}}}"#
        )
        #expect(
            text(Encoder.unsubscribePush(channel: "c", .insufficientState))
                == #"{"push":{"channel":"c","unsubscribe":{"code":2500,"#
                + #""reason":"insufficient state"}}}"#
        )
        #expect(
            text(Encoder.messagePush(data: data)) == #"{"push":{"message":{"data":{"a":1}}}}"#
        )
        #expect(
            text(Encoder.disconnectPush(.shutdown))
                == #"{"push":{"disconnect":{"code":3001,"reason":"shutdown","reconnect":true}}}"#
        )
        #expect(
            text(Encoder.refreshPush(timeToLive: 5))
                == #"{"push":{"refresh":{"expires":true,"ttl":5}}}"#
        )
        let result = SubscribeResult(
            isRecoverable: false,
            isPositioned: false,
            position: Position(epoch: "", offset: 0)
        )
        #expect(
            text(Encoder.subscribePush(channel: "c", result))
                == #"{"push":{"channel":"c","subscribe":{"recoverable":false,"#
                + #""positioned":false,"epoch":"","offset":0}}}"#
        )
    }

    @Test func pingIsTheEmptyObject() {
        #expect(text(Encoder.ping) == "{}")
    }

    private func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
