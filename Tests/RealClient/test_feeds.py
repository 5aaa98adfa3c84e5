# SPDX-License-Identifier: Apache-2.0
"""Feeds, tokens, presence and connections, as centrifuge-python sees them."""

import asyncio

import pytest
import websockets
from centrifuge import ClientState, SubscriptionState

from recorder import DEADLINE, Connection
from test_live_streams import refusal, run


@run
async def test_a_room_carries_any_json_to_all(server):
    async with Connection(server, server.token("a")) as one, Connection(server) as other:
        heard = await other.subscribe("room:json")
        spoken = await one.subscribe("room:json")
        for value in ({"a": [1, 2.5, None, True, "é☀"]}, [1], "text", 7, None):
            await spoken.raw.publish(value)
        last = await heard.publications.until(lambda pub: pub.data is None, "null")
        assert [pub.data for pub in heard.publications.happened] == [
            {"a": [1, 2.5, None, True, "é☀"]}, [1], "text", 7, None,
        ]
        assert last.offset == 5
        assert last.info.user == "a"


@run
async def test_only_subscribers_publish_in_a_room(server):
    async with Connection(server, server.token("a")) as client:
        assert await refusal(client.client.publish("room:closed", {})) == 103
        await client.subscribe("room:closed")
        await client.client.publish("room:closed", {})


@run
async def test_a_room_knows_who_is_there(server):
    async with Connection(server, server.token("a")) as one:
        seen = await one.subscribe("room:who", join_leave=True)
        async with Connection(server, server.token("b")) as other:
            await other.subscribe("room:who")
            joined = lambda event: event[0] == "join" and event[1].user == "b"
            _, info = await seen.events.until(joined, "b joins")
            presence = await seen.raw.presence()
            assert {client.user for client in presence.clients.values()} == {"a", "b"}
            assert info.client in presence.clients
            stats = await seen.raw.presence_stats()
            assert (stats.num_clients, stats.num_users) == (2, 2)
        await seen.events.until(lambda e: e[0] == "leave" and e[1].user == "b", "b leaves")
        stats = await seen.raw.presence_stats()
        assert (stats.num_clients, stats.num_users) == (1, 1)


@run
async def test_a_room_is_recovered_by_request(server):
    async with Connection(server, server.token("a")) as one, Connection(server) as other:
        spoken = await one.subscribe("room:recover")
        heard = await other.subscribe("room:recover", recoverable=True)
        await spoken.raw.publish(1)
        await heard.publications.until(lambda pub: pub.data == 1, "1")
        await other.client.disconnect()
        for number in (2, 3, 4):
            await spoken.raw.publish(number)
        await other.client.connect()
        await heard.publications.until(lambda pub: pub.data == 4, "4")
        assert [pub.data for pub in heard.publications.happened] == [1, 2, 3, 4]


@run
async def test_the_latest_value_has_no_offset(server):
    async with Connection(server, server.token("a", "sub,pub", "score:*")) as client:
        seen = await client.subscribe("score:match")
        await client.client.publish("score:match", {"home": 1})
        found = await seen.publications.until(lambda pub: pub.data == {"home": 1}, "the score")
        assert found.offset == 0
        assert await refusal(client.client.history("score:match", limit=0)) in (103, 108)


@run
async def test_a_private_feed_needs_a_subscription_token(server):
    async with Connection(server, server.token("a")) as client:
        refused = client.client.new_subscription("private:1")
        await refused.subscribe()
        with pytest.raises(Exception):
            await refused.ready(DEADLINE)
        assert refused.state == SubscriptionState.UNSUBSCRIBED


@run
async def test_an_unknown_channel_is_an_error(server):
    async with Connection(server, server.token("a", "sub,pub,hst", "*")) as client:
        for channel in ("nowhere", "live:Not An Id"):
            assert await refusal(client.client.history(channel, limit=1)) in (102, 107)


@run
async def test_a_forged_token_ends_the_connection(server):
    token = server.token("a")
    head, payload, signature = token.split(".")
    forged = f"{head}.{payload}.{signature[:-4]}AAAA"
    connection = Connection(server, forged)
    await connection.client.connect()
    _, context = await connection.states.until(lambda s: s[0] == "disconnected", "the end")
    assert context.code == 3500
    assert connection.client.state == ClientState.DISCONNECTED


@run
async def test_an_expired_token_is_asked_for_anew(server):
    fresh = await asyncio.to_thread(server.token, "a")
    asked = []

    async def get_token():
        asked.append(True)
        return fresh

    expired = server.token("a", "sub", "live:*", "--ttl", "1s")
    await asyncio.sleep(2.1)  # the token's own clock, in whole seconds
    async with Connection(server, expired, get_token=get_token):
        assert asked


@run
async def test_a_connection_learns_its_id_and_the_servers_version(server):
    async with Connection(server, server.token("a")) as connection:
        _, context = connection.states.happened[-1]
        assert len(context.client) == 36
        assert context.version


@run
async def test_unsubscribing_holds_and_can_be_taken_back_at_once(server):
    async with Connection(server, server.token("a")) as one, Connection(server) as other:
        spoken = await one.subscribe("room:gone")
        heard = await other.subscribe("room:gone")
        await heard.raw.unsubscribe()
        await spoken.raw.publish("unheard")
        for _ in range(20):  # both commands may come in one frame
            await heard.raw.subscribe()
            await heard.raw.ready(DEADLINE)
            await heard.raw.unsubscribe()
        await heard.raw.subscribe()
        await heard.raw.ready(DEADLINE)
        await spoken.raw.publish("heard")
        await heard.publications.until(lambda pub: pub.data == "heard", "heard")
        assert [pub.data for pub in heard.publications.happened] == ["heard"]


@run
async def test_protobuf_is_refused_and_not_guessed_at(server):
    async with websockets.connect(server.websocket, proxy=None) as socket:
        await socket.send(b"\x06\x08\x01\x22\x02\x12\x00")  # a connect command in protobuf
        with pytest.raises(websockets.ConnectionClosedError) as closed:
            await socket.recv()
    assert closed.value.rcvd.code == 1003
