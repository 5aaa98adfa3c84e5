# SPDX-License-Identifier: Apache-2.0
"""Every limit on clients, as they meet it: the last that passes, the first that does not, and what is counted."""

import asyncio
import contextlib
import json
import os
import signal
import socket

import pytest
import websockets.asyncio.client as websocket
from websockets import ConnectionClosed, InvalidStatus

from tally_server import DEADLINE, TallyServer, wait_until
from test_live_streams import run


@contextlib.contextmanager
def serving(manifest, **more):
    server = TallyServer(workers=1, manifest=manifest, **more)
    try:
        yield server
    finally:
        server.stop()


def counted(server, counter, least=1):
    """Waits until the worker has counted so many."""

    def is_there():
        (worker,) = server.processes("worker")
        return worker["counters"].get(counter, 0) >= least

    wait_until(is_there, f"{least} {counter}")


class Client:
    """A connection that speaks the protocol by hand."""

    def __init__(self, socket):
        self.socket = socket
        self.id = 1

    @classmethod
    async def open(cls, server, token=""):
        client = cls(await websocket.connect(server.websocket, max_size=None))
        reply = await client.ask("connect", {"token": token})
        assert "connect" in reply, reply
        return client

    async def ask(self, method, body):
        self.id += 1
        await self.socket.send(json.dumps({"id": self.id, method: body}))
        return await self.reply(self.id)

    async def reply(self, number):
        while True:
            for line in (await self.socket.recv()).split("\n"):
                answer = json.loads(line)
                if answer.get("id") == number:
                    return answer

    async def rpc(self, method, data):
        return await self.ask("rpc", {"method": method, "data": data})

    async def closed(self):
        """The code with which the server closes."""
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await asyncio.wait_for(self.socket.recv(), DEADLINE)
        return closed.value.rcvd.code

    async def close(self):
        await self.socket.close()


def refused(reply):
    return reply.get("error", {}).get("code")


@run
async def test_a_user_has_a_place_again_once_another_is_free():
    with serving("client:\n  maximum_connections_per_user: 2\n") as server:
        token = server.token("ana")
        first, second = await Client.open(server, token), await Client.open(server, token)
        third = Client(await websocket.connect(server.websocket))
        await third.socket.send(json.dumps({"id": 1, "connect": {"token": token}}))
        assert await third.closed() == 3504
        counted(server, "rejected_for_user")
        others = [await Client.open(server, server.token("ben"))]
        others += [await Client.open(server) for _ in range(4)]
        await first.close()
        others.append(await Client.open(server, token))
        for client in (second, *others):
            await client.close()


@run
async def test_a_worker_takes_no_more_connections_than_it_may():
    with serving("client:\n  maximum_connections: 2\n") as server:
        clients = [await Client.open(server) for _ in range(2)]
        with pytest.raises(InvalidStatus) as status:
            await websocket.connect(server.websocket)
        assert status.value.response.status_code == 503
        assert int(status.value.response.headers["Retry-After"]) > 0
        counted(server, "rejected_connections")
        for client in clients:
            await client.close()


@run
async def test_newcomers_beyond_the_rate_wait_and_are_served():
    with serving("client:\n  maximum_new_connections_per_second: 5\n") as server:
        clients = await asyncio.gather(*(Client.open(server) for _ in range(12)))
        counted(server, "accept_rate_limits")
        for client in clients:
            await client.close()


@run
async def test_one_channel_more_than_may_be_is_an_error():
    with serving("client:\n  maximum_channels: 2\n") as server:
        client = await Client.open(server)
        for name in ("live:a", "live:b"):
            assert "subscribe" in await client.ask("subscribe", {"channel": name})
        assert refused(await client.ask("subscribe", {"channel": "live:c"})) == 106
        counted(server, "channel_limits")
        await client.ask("unsubscribe", {"channel": "live:a"})
        assert "subscribe" in await client.ask("subscribe", {"channel": "live:c"})
        await client.close()


@run
async def test_one_command_more_than_a_message_may_have_ends_the_connection():
    with serving("client:\n  maximum_commands_per_message: 2\n") as server:
        client = await Client.open(server)
        ping = lambda number: json.dumps({"id": number, "ping": {}})
        await client.socket.send(ping(8) + "\n" + ping(9))
        assert "ping" in await client.reply(9)
        await client.socket.send("\n".join(map(ping, (10, 11, 12))))
        assert await client.closed() == 3501
        counted(server, "oversized_batches")


@run
async def test_one_byte_more_than_a_message_may_have_ends_the_connection():
    with serving("client:\n  maximum_message_size: 1KiB\n") as server:
        client = await Client.open(server)
        message = json.dumps({"id": 9, "ping": {}})
        await client.socket.send(message + " " * (1024 - len(message)))
        assert "ping" in await client.reply(9)
        await client.socket.send(message + " " * (1025 - len(message)))
        assert await client.closed() == 1009
        counted(server, "protocol_errors")


@run
async def test_one_level_more_than_json_may_have_is_an_error():
    with serving("client:\n  maximum_json_depth: 6\n") as server:
        client = await Client.open(server)
        # The command and its `send` are two levels.
        nested = lambda levels: json.loads("[" * levels + "]" * levels)
        assert refused(await client.rpc("live.list", nested(3))) == 107  # no object, but read
        for levels, is_read in ((4, True), (5, False)):
            reply = await client.ask("publish", {"channel": "room:a", "data": nested(levels)})
            assert refused(reply) == (103 if is_read else 107), levels
        counted(server, "bad_requests")
        await client.close()


@run
async def test_too_many_malformed_commands_end_the_connection():
    with serving("client:\n  maximum_errors: 3\n") as server:
        client = await Client.open(server)
        for _ in range(2):
            assert refused(await client.ask("subscribe", {"channel": 7})) == 107
        await client.socket.send(json.dumps({"id": 99, "subscribe": {"channel": 7}}))
        assert await client.closed() == 3509
        counted(server, "error_limits")


@run
async def test_whoever_does_not_connect_in_time_is_let_go():
    with serving("client:\n  connect_timeout: 1s\n") as server:
        silent = Client(await websocket.connect(server.websocket))
        assert await silent.closed() == 3502
        counted(server, "connect_timeouts")


@run
async def test_whoever_does_not_answer_a_ping_is_let_go():
    with serving("client:\n  ping_interval: 2s\n  pong_timeout: 1s\n") as server:
        silent = await Client.open(server)
        assert await silent.closed() == 3012
        counted(server, "pong_timeouts")


CLASSES = {
    "publish": ("publishes_per_second", "publish_burst"),
    "comment": ("publishes_per_second", "publish_burst"),
    "control": ("controls_per_second", "control_burst"),
    "list": ("queries_per_second", "query_burst"),
    "presence": ("queries_per_second", "query_burst"),
    "subscribe": ("subscribes_per_second", "subscribe_burst"),
    "ping": ("commands_per_second", "command_burst"),
}


async def send(client, command, number):
    match command:
        case "publish":
            return await client.ask("publish", {"channel": "room:a", "data": number})
        case "comment":
            return await client.rpc("comment.send", {"stream": "show", "text": str(number)})
        case "control":
            return await client.rpc("live.mode", {"stream": "show"})
        case "list":
            return await client.rpc("live.list", {})
        case "presence":
            return await client.ask("presence_stats", {"channel": "room:a"})
        case "subscribe":
            return await client.ask("subscribe", {"channel": f"live:s{number}"})
        case "ping":
            return await client.ask("ping", {})


@pytest.mark.parametrize("command", CLASSES)
@run
async def test_each_class_of_commands_has_its_budget(command):
    rate, burst = CLASSES[command]
    # `connect` is one of all commands, too.
    most = 4
    with serving(f"client:\n  {rate}: 1\n  {burst}: {most + (command == 'ping')}\n") as server:
        client = await Client.open(server)
        for number in range(most):
            assert refused(await send(client, command, number)) != 111, number
        error = (await send(client, command, most))["error"]
        assert error["code"] == 111 and error["temporary"]
        assert 0 < error["retry_after_ms"] <= 1000
        counted(server, "rate_limited")
        if command != "ping":
            others = [other for other in CLASSES if CLASSES[other][0] != rate]
            for other in others:
                assert refused(await send(client, other, 90)) != 111, other
        # Waiting as long as told is enough.
        await asyncio.sleep(error["retry_after_ms"] / 1000)
        assert refused(await send(client, command, most + 1)) != 111
        await client.close()


@run
async def test_many_connections_of_a_user_share_what_they_may_ask():
    manifest = "client:\n  queries_per_second_per_user: 1\n"
    with serving(manifest) as server:
        token = server.token("eve", "sub")
        clients = [await Client.open(server, token) for _ in range(5)]
        replies = [await send(client, "list", 0) for client in clients for _ in range(2)]
        assert all(refused(reply) is None for reply in replies)
        error = (await send(clients[0], "list", 0)).get("error", {})
        assert error.get("code") == 111 and 0 < error["retry_after_ms"] <= 1000
        counted(server, "refused_queries")
        other = await Client.open(server, server.token("bob", "sub"))
        assert refused(await send(other, "list", 0)) is None
        for client in (*clients, other):
            await client.close()


@run
async def test_what_all_ask_of_the_hub_together_is_bounded():
    manifest = (
        "client:\n  command_burst: 5000\n  query_burst: 5000\n"
        "hub:\n  query_bytes_per_second: 64KiB\n"
    )
    with serving(manifest) as server:
        client = await Client.open(server)
        passed = 0
        while refused(reply := await send(client, "list", 0)) is None:
            passed += 1
            assert passed < 4000, "no bound"
        # Four seconds of 64 questions, and what came back meanwhile.
        assert passed >= 256
        assert reply["error"]["code"] == 111 and reply["error"]["retry_after_ms"] > 0
        counted(server, "refused_queries")
        # Nothing else is refused for it.
        assert "subscribe" in await client.ask("subscribe", {"channel": "live:show"})
        assert "ping" in await client.ask("ping", {})
        await client.close()


@run
async def test_whoever_does_not_read_is_let_go_once_too_much_waits():
    manifest = (
        "client:\n  maximum_unsent: 64KiB\n  command_burst: 5000\n  publish_burst: 5000\n"
        "live:\n  maximum_list_limit: 10\n"
    )
    with serving(manifest) as server:
        slow = Client(
            await websocket.connect(server.websocket, max_queue=1, compression=None)
        )
        for message in ({"id": 1, "connect": {}}, {"id": 2, "subscribe": {"channel": "room:a"}}):
            await slow.socket.send(json.dumps(message))
            assert "error" not in json.loads(await slow.socket.recv())
        publisher = await Client.open(server)
        await publisher.ask("subscribe", {"channel": "room:a"})
        # Above what the kernel holds for a connection on one machine, by far.
        for _ in range(1500):
            reply = await publisher.ask("publish", {"channel": "room:a", "data": "x" * 15000})
            assert refused(reply) is None
        counted(server, "slow_disconnects")
        assert "ping" in await publisher.ask("ping", {})
        slow.socket.transport.abort()
        await publisher.close()


@run
async def test_no_more_commands_wait_for_the_hub_than_may():
    with serving("client:\n  maximum_pending_commands: 3\n") as server:
        client = await Client.open(server)
        (hub,) = server.processes("hub")
        os.kill(hub["pid"], signal.SIGSTOP)
        try:
            for number in (11, 12, 13, 14):
                data = {"id": number, "rpc": {"method": "live.list", "data": {}}}
                await client.socket.send(json.dumps(data))
            error = (await client.reply(14))["error"]
            assert error["code"] == 111 and error["retry_after_ms"] == 1000
        finally:
            os.kill(hub["pid"], signal.SIGCONT)
        assert refused(await client.reply(13)) is None
        counted(server, "command_errors")
        await client.close()


def exchange(server, request):
    with socket.create_connection(("127.0.0.1", server.port), DEADLINE) as peer:
        peer.settimeout(DEADLINE)
        peer.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            part = peer.recv(65536)
            if not part:
                break
            answer += part
        return int(answer.split(b" ")[1]) if answer else None


@pytest.mark.parametrize(
    ("key", "most", "request_of", "status"),
    [
        ("maximum_request_line_size", "256B", lambda n: line(256 + n), 414),
        ("maximum_header_count", "8", lambda n: fields(8 + n), 431),
        ("maximum_header_size", "1KiB", lambda n: header(1024 + n), 431),
        ("maximum_body_size", "16B", lambda n: body(16 + n), 413),
    ],
)
def test_requests_are_taken_up_to_their_limits(key, most, request_of, status):
    with serving(f"http:\n  {key}: {most}\n") as server:
        assert exchange(server, request_of(0)) not in (status, None)
        assert exchange(server, request_of(1)) == status
        counted(server, "http_errors")


def line(size):
    """A request whose first line has this many bytes, its end not counted."""
    path = "/" + "a" * (size - len("GET / HTTP/1.1"))
    return f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()


def fields(count):
    more = "".join(f"X-{number}: 1\r\n" for number in range(count - 1))
    return f"GET /health HTTP/1.1\r\nHost: a\r\n{more}\r\n".encode()


def header(size):
    """A request whose header lines have this many bytes, the last one's end not counted."""
    fixed = "Host: a\r\nX: "
    return f"GET /health HTTP/1.1\r\nHost: a\r\nX: {'a' * (size - len(fixed))}\r\n\r\n".encode()


def body(size):
    head = f"GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n"
    return head.encode() + b"a" * size


def test_a_head_that_does_not_come_is_not_waited_for():
    with serving("http:\n  header_timeout: 1s\n") as server:
        assert exchange(server, b"GET /health HTTP/1.1\r\nHost:") == 408
        counted(server, "http_errors")


@run
async def test_budgets_outlive_a_reload():
    manifest = "client:\n  queries_per_second: 1\n  query_burst: 300\n  command_burst: 2000\n"
    manifest += "  queries_per_second_per_user: 1000\n"
    with serving(manifest) as server:
        client = await Client.open(server)
        for number in range(290):
            assert refused(await send(client, "list", number)) is None
        server.run("reload")
        passed = 0
        while refused(await send(client, "list", 0)) is None:
            passed += 1
            # Ten are left, and one for each second that it takes.
            assert passed < 200, "the budget is new after a reload"
        await client.close()
