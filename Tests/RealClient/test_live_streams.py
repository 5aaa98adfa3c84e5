# SPDX-License-Identifier: Apache-2.0
"""Live streams, as centrifuge-python sees them."""

import asyncio
import functools
import os

import pytest
from centrifuge import ReplyError

from recorder import Connection

STUDIO = "sub,pub,hst,prs,ctl,mod"


def run(test):
    """Runs a test's coroutine, so that no plugin is needed for it."""

    @functools.wraps(test)
    def wrapper(*arguments, **named):
        asyncio.run(test(*arguments, **named))

    return wrapper


async def refusal(awaitable):
    with pytest.raises(ReplyError) as caught:
        await awaitable
    return caught.value.code


@run
async def test_a_stream_from_start_to_stop(server):
    studio = Connection(server, server.token("sam", STUDIO, "live:whole"))
    viewer = Connection(server, server.token("ana", "sub,pub", "live:whole"))
    async with studio, viewer:
        seen = await viewer.subscribe("live:whole")
        started = await studio.rpc("live.start", stream="whole", title="A whole show")
        assert started["state"] == "live"
        assert started["title"] == "A whole show"
        await seen.event("live.started", generation=started["generation"])

        answer = await viewer.rpc("comment.send", stream="whole", text="  hello  ")
        comment = await seen.event("comment", id=answer["id"])
        assert comment["text"] == "hello"
        assert comment["user"] == "ana"
        position = next(p for p in seen.publications.happened if p.data == comment)
        assert position.offset == answer["offset"]

        await studio.rpc("live.update", stream="whole", title="Part two")
        await seen.event("live.updated", title="Part two")
        await seen.event("viewers", viewers=1, unique_viewers=1)

        stopped = await studio.rpc("live.stop", stream="whole")
        assert stopped["state"] == "offline"
        assert stopped["totals"]["peak_viewers"] == stopped["totals"]["unique_viewers"] == 1
        assert stopped["totals"]["comments"] == 1
        assert stopped["totals"]["duration_ms"] >= 0
        await seen.event("live.stopped", generation=started["generation"])


@run
async def test_a_newcomer_is_right_at_once(server):
    async with Connection(server, server.token("sam", STUDIO)) as studio:
        started = await studio.rpc("live.start", stream="snapshot", title="Now")
        async with Connection(server) as guest:  # without a token
            subscription = await guest.subscribe("live:snapshot")
            _, context = subscription.events.happened[0]
            assert context.data["stream"] == "snapshot"
            assert context.data["state"] == "live"
            assert context.data["generation"] == started["generation"]
            assert context.recoverable and context.positioned
        assert (await studio.rpc("live.get", stream="snapshot"))["title"] == "Now"
        page = await studio.rpc("live.list", state="live")
        assert "snapshot" in str(page)


@run
async def test_publishing_to_a_stream_is_commenting(server):
    async with Connection(server, server.token("sam", STUDIO)) as studio:
        await studio.rpc("live.start", stream="publish")
        subscription = await studio.subscribe("live:publish")
        await studio.client.publish("live:publish", {"text": "as a publication"})
        comment = await subscription.event("comment", text="as a publication")
        assert comment["user"] == "sam"


@run
async def test_every_viewer_sees_one_order(server):
    async with Connection(server, server.token("sam", STUDIO)) as studio:
        await studio.rpc("live.start", stream="order")
        viewers = [Connection(server, server.token(f"v{n}", "sub,pub")) for n in range(6)]
        for viewer in viewers:
            await viewer.__aenter__()
        seen = [await viewer.subscribe("live:order") for viewer in viewers]
        says = lambda n: viewers[n].rpc("comment.send", stream="order", text=f"comment {n}")
        answers = await asyncio.gather(*(says(n) for n in range(6)))
        last = max(answers, key=lambda answer: answer["offset"])
        for subscription in seen:
            await subscription.event("comment", id=last["id"])
        assert len(seen[0].texts()) == 6
        assert all(subscription.texts() == seen[0].texts() for subscription in seen)
        for viewer in viewers:
            await viewer.__aexit__()


@run
async def test_history_pages_both_ways(server):
    async with Connection(server, server.token("sam", STUDIO)) as studio:
        await studio.rpc("live.start", stream="history")
        for number in range(5):
            await studio.rpc("comment.send", stream="history", text=f"comment {number}")
        position = await studio.client.history("live:history", limit=0)
        assert position.publications == []
        newest = await studio.client.history("live:history", limit=2, reverse=True)
        texts = [publication.data["text"] for publication in newest.publications]
        assert texts == ["comment 4", "comment 3"]
        assert newest.publications[0].offset == position.offset == newest.offset
        position.offset -= 2
        after = await studio.client.history("live:history", limit=10, since=position)
        assert [p.data["text"] for p in after.publications] == ["comment 3", "comment 4"]


@run
async def test_a_deleted_comment_leaves_history(server):
    async with Connection(server, server.token("sam", STUDIO)) as studio:
        await studio.rpc("live.start", stream="delete")
        subscription = await studio.subscribe("live:delete")
        answer = await studio.rpc("comment.send", stream="delete", text="unsayable")
        await studio.rpc("comment.delete", stream="delete", id=answer["id"])
        await subscription.event("comment.deleted", id=answer["id"], by="sam")
        history = await studio.client.history("live:delete", limit=100)
        assert "unsayable" not in str([publication.data for publication in history.publications])
        unknown = studio.rpc("comment.delete", stream="delete", id="nothing")
        assert await refusal(unknown) == 409


@run
async def test_what_is_missed_while_away_is_recovered(server):
    studio = Connection(server, server.token("sam", STUDIO))
    viewer = Connection(server, server.token("ana", "sub,pub"))
    async with studio, viewer:
        await studio.rpc("live.start", stream="away")
        seen = await viewer.subscribe("live:away")
        await studio.rpc("comment.send", stream="away", text="before")
        await seen.event("comment", text="before")
        await viewer.client.disconnect()
        for number in range(5):
            await studio.rpc("comment.send", stream="away", text=f"missed {number}")
        await viewer.client.connect()
        await seen.event("comment", text="missed 4")
        _, back = seen.events.happened[-1]
        assert back.was_recovering and back.recovered
        assert seen.texts() == ["before"] + [f"missed {number}" for number in range(5)]


@run
async def test_killing_every_worker_loses_nothing(server):
    studio = Connection(server, server.token("sam", STUDIO))
    viewer = Connection(server, server.token("ana", "sub,pub"))
    async with studio, viewer:
        await studio.rpc("live.start", stream="killed")
        seen = await viewer.subscribe("live:killed")
        sent = []

        async def say(text):
            await studio.client.ready(15)
            await studio.rpc("comment.send", stream="killed", text=text, idempotency_key=text)
            sent.append(text)

        for index in range(3):
            await say(f"before {index}")
            await asyncio.to_thread(server.kill, "worker", index)
            while True:
                try:
                    await say(f"after {index}")
                    break
                except Exception as error:  # the connection went with its worker: say it again
                    print(f"again after {error!r}")
        await seen.event("comment", text="after 2")
        assert seen.texts() == sent
        subscribed = [context for kind, context in seen.events.happened if kind == "subscribed"]
        assert len(subscribed) > 1
        assert all(context.recovered for context in subscribed[1:])


@run
async def test_the_same_idempotency_key_counts_once(server):
    async with Connection(server, server.token("sam", STUDIO)) as studio:
        await studio.rpc("live.start", stream="once")
        comment = {"stream": "once", "text": "only once", "idempotency_key": "k1"}
        first = await studio.rpc("comment.send", **comment)
        assert await studio.rpc("comment.send", **comment) == first
        history = await studio.client.history("live:once", limit=100)
        texts = [publication.data.get("text") for publication in history.publications]
        assert texts.count("only once") == 1


@run
async def test_each_refusal_has_its_code(server):
    studio = Connection(server, server.token("sam", STUDIO, "live:refuse*"))
    viewer = Connection(server, server.token("ana", "sub,pub", "live:refuse*"))
    watcher = Connection(server, server.token("eve", "sub", "live:refuse*"))
    async with studio, viewer, watcher:
        say = functools.partial(viewer.rpc, "comment.send", stream="refuse")
        assert await refusal(studio.rpc("no.such.method")) == 104
        assert await refusal(studio.rpc("live.start")) == 107
        assert await refusal(studio.rpc("live.start", stream="Not An Id")) == 107
        assert await refusal(studio.rpc("live.start", stream="other")) == 103
        assert await refusal(studio.rpc("live.get", stream="refuse-unknown")) == 404
        started = await studio.rpc("live.start", stream="refuse")
        assert await refusal(studio.rpc("live.start", stream="refuse")) == 401
        assert await refusal(viewer.rpc("live.stop", stream="refuse")) == 103
        stale = {"stream": "refuse", "generation": started["generation"] + 1}
        assert await refusal(studio.rpc("live.stop", **stale)) == 408
        assert await refusal(watcher.rpc("comment.send", stream="refuse", text="may I")) == 103
        assert await refusal(say(text=" \n ")) == 411
        assert await refusal(say(text="x" * 501)) == 406
        await say(text="x" * 500)
        assert await refusal(say(text="x" * 500)) == 407
        await studio.rpc("live.mode", stream="refuse", slow_seconds=60)
        assert await refusal(say(text="too soon")) == 402
        await studio.rpc("live.mode", stream="refuse", slow_seconds=0)
        await studio.rpc("user.timeout", stream="refuse", user="ana", seconds=600)
        assert await refusal(say(text="in time out")) == 403
        await studio.rpc("user.unban", stream="refuse", user="ana")
        await studio.rpc("live.stop", stream="refuse")
        assert await refusal(say(text="too late")) == 400


@run
async def test_more_comments_than_a_person_writes_are_refused(server):
    studio = Connection(server, server.token("sam", STUDIO))
    viewer = Connection(server, server.token("fast", "sub,pub"))
    async with studio, viewer:
        await studio.rpc("live.start", stream="rate")
        says = lambda n: viewer.rpc("comment.send", stream="rate", text=f"comment {n}")
        outcomes = await asyncio.gather(*(says(n) for n in range(5)), return_exceptions=True)
        refused = [outcome for outcome in outcomes if isinstance(outcome, ReplyError)]
        assert [(error.code, error.temporary) for error in refused] == [(111, True)] * 2


@run
async def test_the_stream_waits_for_its_broadcaster(server):
    viewer = Connection(server, server.token("ana"))
    studio = Connection(server, server.token("sam", STUDIO))
    async with viewer:
        await studio.__aenter__()
        await studio.rpc("live.start", stream="wait")
        seen = await viewer.subscribe("live:wait")
        await studio.client.disconnect()
        await seen.event("live.interrupted")
        assert (await viewer.rpc("live.get", stream="wait"))["state"] == "interrupted"
        await studio.client.connect()
        await seen.event("live.resumed")
        await studio.__aexit__()


def test_the_server_ran_from_the_real_binary(server):
    workers = server.processes("worker")
    assert len(workers) == 3
    assert os.getpid() not in [worker["pid"] for worker in workers]
