# SPDX-License-Identifier: Apache-2.0
"""The whole way of a broadcast: encoder, media server, Tally, a viewer's WebSocket."""

import asyncio
import functools
import time

from recorder import Connection
from tally_server import wait_until

STUDIO = "sub,pub,hst,ctl"


def run(test):
    """Runs a test's coroutine, so that no plugin is needed for it."""

    @functools.wraps(test)
    def wrapper(*arguments, **named):
        asyncio.run(test(*arguments, **named))

    return wrapper


class Show:
    """A stream with its key, its studio and a viewer."""

    def __init__(self, chain, stream):
        self.chain, self.stream = chain, stream
        self.key = chain.key(stream)

    async def __aenter__(self):
        server, channel = self.chain.server, f"live:{self.stream}"
        self.studio = Connection(server, server.token("sam", STUDIO, channel))
        self.viewer = Connection(server, server.token("ana", "sub", channel))
        await self.studio.__aenter__()
        await self.viewer.__aenter__()
        self.seen = await self.viewer.subscribe(channel)
        return self

    async def __aexit__(self, *_):
        await self.viewer.__aexit__()
        await self.studio.__aexit__()

    def publish(self, key=None):
        return self.chain.publish(self.stream, key or self.key)

    async def snapshot(self):
        return await self.studio.rpc("live.get", stream=self.stream)

    def heard(self, kind):
        return [p.data for p in self.seen.publications.happened if p.data["type"] == kind]


async def waiting(condition, what):
    """As `wait_until`, beside the connections' own affairs."""
    await asyncio.to_thread(wait_until, condition, what)


async def kill_workers(chain, *indices):
    for index in indices:
        await asyncio.to_thread(chain.server.kill, "worker", index)


@run
async def test_a_broadcast_while_workers_are_killed(chain):
    async with Show(chain, "show") as show:
        encoder = show.publish()
        started = await show.seen.event("live.started")
        await kill_workers(chain, 0)
        assert (await show.snapshot())["state"] == "live"

        encoder.kill()
        await show.seen.event("live.interrupted", generation=started["generation"])
        await kill_workers(chain, 1)

        encoder = show.publish()
        await show.seen.event("live.resumed", generation=started["generation"])
        await kill_workers(chain, 2)
        assert (await show.snapshot())["state"] == "live"
        assert not encoder.has_ended

        begin = time.monotonic()
        await show.studio.rpc("live.stop", stream="show")
        await asyncio.to_thread(encoder.until_ended)
        assert time.monotonic() - begin < 1
        await show.seen.event("live.stopped", generation=started["generation"])
        assert len(show.heard("live.started")) == 1


@run
async def test_wrong_keys_are_denied(chain):
    async with Show(chain, "locked") as show:
        for key in ["wrong", "tsk_" + 64 * "0", show.key[:-1], f"{show.key}&name=other"]:
            encoder = chain.publish("locked", key)
            await asyncio.to_thread(encoder.until_ended)
        other = chain.publish("nobody", show.key)
        await asyncio.to_thread(other.until_ended)
        assert show.heard("live.started") == []
        assert (await show.studio.rpc("live.list", state="live"))["streams"] == []
    log = chain.server.log()
    assert show.key not in log and show.key[:-1] not in log


@run
async def test_a_second_publishers_end_is_not_the_firsts(chain):
    async with Show(chain, "twice") as show:
        first = show.publish()
        await show.seen.event("live.started")
        # nginx asks Tally about it, is told yes, refuses it by itself, and tells its end.
        for count in (1, 2):
            second = show.publish()
            await asyncio.to_thread(second.until_ended)
            told = lambda: chain.media.log().count("notify: publish_done") == count
            await waiting(told, "nginx tells the second one's end")
        assert (await show.snapshot())["state"] == "live"
        assert show.heard("live.interrupted") == []
        assert not first.has_ended
        first.kill()
        await show.seen.event("live.interrupted")


@run
async def test_a_restart_of_tally_drops_nobody(chain):
    async with Show(chain, "restart") as show:
        encoder = show.publish()
        started = await show.seen.event("live.started")
    await asyncio.to_thread(chain.server.end)
    # Several updates find nobody.
    count = chain.media.log().count("notify: update")
    more = lambda: chain.media.log().count("notify: update") >= count + 2
    await waiting(more, "nginx tells of the publisher while Tally is down")
    assert not encoder.has_ended
    await asyncio.to_thread(chain.server.start)
    async with show:
        snapshot = await show.snapshot()
        assert snapshot["state"] == "live"
        assert snapshot["generation"] == started["generation"]
        count = chain.media.log().count("notify: update")
        await waiting(more, "and after it has come back")
        assert not encoder.has_ended
        encoder.kill()
        await show.seen.event("live.interrupted", generation=started["generation"])


@run
async def test_a_reload_drops_nobody(chain):
    async with Show(chain, "reload") as show:
        encoder = show.publish()
        await show.seen.event("live.started")
        await asyncio.to_thread(chain.server.run, "reload")
        count = chain.media.log().count("notify: update")
        more = lambda: chain.media.log().count("notify: update") >= count + 2
        await waiting(more, "nginx tells the new workers of the publisher")
        assert not encoder.has_ended
        assert show.heard("live.interrupted") == []
        await show.studio.rpc("live.stop", stream="reload")
        await asyncio.to_thread(encoder.until_ended)


@run
async def test_a_media_server_that_dies_interrupts_the_stream(chain):
    """Nobody tells the publisher's end: it is the silence that does."""
    async with Show(chain, "silence") as show:
        show.publish()
        started = await show.seen.event("live.started")
        await asyncio.to_thread(chain.media.kill)
        await show.seen.event("live.interrupted", generation=started["generation"])


@run
async def test_a_stop_holds_against_an_encoder_that_tries_again(chain):
    async with Show(chain, "held") as show:
        encoder = show.publish()
        started = await show.seen.event("live.started")
        await show.studio.rpc("live.stop", stream="held")
        await asyncio.to_thread(encoder.until_ended)
        again = show.publish()
        await asyncio.to_thread(again.until_ended)
        assert (await show.snapshot())["state"] == "offline"
        await show.studio.rpc("live.start", stream="held", keep=True)
        third = show.publish()
        await show.seen.event("live.started", generation=started["generation"] + 1)
        await waiting(lambda: "a publisher is on air" in chain.server.log(), "it is on air")
        assert not third.has_ended


@run
async def test_keys_are_rotated_and_revoked(chain):
    async with Show(chain, "keys") as show:
        new = chain.server.run("stream", "key", "rotate", "keys").strip()
        assert new != show.key
        denied = show.publish()
        await asyncio.to_thread(denied.until_ended)
        encoder = show.publish(new)
        await show.seen.event("live.started")
        listed = chain.server.run("stream", "key", "list", "keys")
        assert new not in listed and len(listed.splitlines()) == 2
        chain.server.run("stream", "key", "revoke", "keys")
        await asyncio.to_thread(encoder.until_ended)
        await show.seen.event("live.interrupted")
