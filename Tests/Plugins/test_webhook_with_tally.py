# SPDX-License-Identifier: Apache-2.0
"""webhook in the real server: what endpoints hear and decide, while workers die."""

import asyncio
import functools
import json
import time

import pytest
from centrifuge import ReplyError

from endpoint import Endpoint
from recorder import Connection
from tally_server import ROOT, TallyServer, wait_until

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
STUDIO = "sub,pub,hst,ctl"
HOOKS = ["connect", "live_start", "comment", "started", "stopped", "commented"]


def run(test):
    """Runs a test's coroutine, so that no plugin is needed for it."""

    @functools.wraps(test)
    def wrapper(*arguments, **named):
        asyncio.run(test(*arguments, **named))

    return wrapper


def decide(request):
    """An endpoint with a mind of its own."""
    asked = request.json["data"].get("asked", {})
    match request.json["type"]:
        case "ask.comment" if "never" in asked["text"]:
            return 200, {"verdict": "reject", "code": 1500, "message": "not that word"}
        case "ask.comment":
            return 200, {"verdict": "replace", "data": {"text": asked["text"].upper()}}
        case "ask.live_start" if asked.get("title") == "forbidden":
            return 200, {"verdict": "reject"}
        case "ask.connect" if request.json["data"].get("user") == "mallory":
            return 200, {"verdict": "reject", "code": 1666, "message": "not you"}
    return 200, {"verdict": "allow"}


@pytest.fixture
def endpoint():
    endpoint = Endpoint()
    endpoint.behave = decide
    yield endpoint
    endpoint.close()


@pytest.fixture
def server(endpoint, tmp_path):
    secret = tmp_path / "webhook.secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    manifest = {
        "name": "webhook",
        "library": str(ROOT / ".build/debug/libwebhook.so"),
        "hooks": HOOKS,
        "deadlines": {"comment": "10s", "connect": "10s", "live_start": "10s"},
        "settings": {
            "endpoints": [{
                "name": "main", "url": endpoint.url, "secret_file": str(secret),
                "events": ["live.started", "live.stopped", "comment.sent"],
                "decisions": ["connect", "live_start", "comment"],
            }],
            "allow_addresses": ["127.0.0.1"], "allow_plain_http": True,
            "first_retry_ms": 100, "longest_retry_ms": 400, "breaker_failures": 1000,
        },
    }
    path = tmp_path / "webhook.yaml"
    path.write_text(json.dumps(manifest))
    server = TallyServer(manifest=f"plugins: ['{path}']\n")
    yield server
    server.stop()


def told(endpoint, kind):
    return [request for request in endpoint.requests if request.json["type"] == kind]


@run
async def test_an_endpoint_hears_and_decides(server, endpoint):
    studio = Connection(server, server.token("sam", STUDIO))
    async with studio:
        with pytest.raises(ReplyError) as caught:
            await studio.rpc("live.start", stream="show", title="forbidden")
        assert caught.value.code == 405
        await studio.rpc("live.start", stream="show", title="Morning")
        answer = await studio.rpc("comment.send", stream="show", text="hello")
        with pytest.raises(ReplyError) as caught:
            await studio.rpc("comment.send", stream="show", text="never say never")
        assert caught.value.code == 1500
        await studio.rpc("live.stop", stream="show")
        heard = lambda: told(endpoint, "live.stopped") and told(endpoint, "comment.sent")
        await asyncio.to_thread(wait_until, heard, "the endpoint hears of it")
    [started] = told(endpoint, "live.started")
    assert started.json["data"]["snapshot"]["title"] == "Morning"
    [comment] = told(endpoint, "comment.sent")
    assert comment.json["data"]["text"] == "HELLO"
    assert comment.json["data"]["id"] == answer["id"]
    for request in endpoint.requests:
        assert request.signatures == [request.signed_with(SECRET)]
    assert "hello" not in server.log().lower() and SECRET not in server.log()


@run
async def test_a_stream_event_survives_the_worker_that_was_to_tell_it(server, endpoint):
    is_up = False
    endpoint.behave = lambda request: (
        decide(request) if is_up or request.json["type"].startswith("ask.") else 503)
    async with Connection(server, server.token("sam", STUDIO)) as studio:
        await studio.rpc("live.start", stream="show")
        await asyncio.to_thread(
            wait_until, lambda: told(endpoint, "live.started"), "the first try")
        for index in range(3):
            await asyncio.to_thread(server.kill, "worker", index)
        count = len(endpoint.requests)
        more = lambda: len(told(endpoint, "live.started")) > count
        await asyncio.to_thread(wait_until, more, "another worker tries")
        is_up = True
    delivered = len(told(endpoint, "live.started"))
    await asyncio.to_thread(
        wait_until, lambda: len(told(endpoint, "live.started")) > delivered, "it arrives")
    ids = {request.id for request in told(endpoint, "live.started")}
    assert len(ids) == 1, "an event has one id, whichever worker tells it"


@run
async def test_a_slow_decision_holds_back_its_own_user_only(server, endpoint):
    release = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(request):
        if request.json["data"].get("asked", {}).get("text") == "slow":
            asyncio.run_coroutine_threadsafe(release.wait(), loop).result(15)
        return decide(request)

    endpoint.behave = slow
    ana = Connection(server, server.token("ana", "sub,pub"))
    bo = Connection(server, server.token("bo", "sub,pub"))
    async with Connection(server, server.token("sam", STUDIO)) as studio, ana, bo:
        await studio.rpc("live.start", stream="show")
        first = asyncio.create_task(ana.rpc("comment.send", stream="show", text="slow"))
        asked = lambda: any("slow" in str(r.json) for r in endpoint.requests)
        await asyncio.to_thread(wait_until, asked, "the endpoint is asked")
        second = asyncio.create_task(ana.rpc("comment.send", stream="show", text="after"))
        other = await bo.rpc("comment.send", stream="show", text="quick")
        assert not first.done() and not second.done()
        release.set()
        first, second = await first, await second
        assert other["offset"] < first["offset"] < second["offset"]


@run
async def test_an_end_of_the_server_does_not_wait_for_endpoints(server, endpoint):
    endpoint.behave = lambda request: (
        decide(request) if request.json["type"].startswith("ask.") else 503)
    async with Connection(server, server.token("sam", STUDIO)) as studio:
        await studio.rpc("live.start", stream="show")
    begin = time.monotonic()
    await asyncio.to_thread(server.end)
    assert time.monotonic() - begin < 10
    assert server.process.returncode == 0
