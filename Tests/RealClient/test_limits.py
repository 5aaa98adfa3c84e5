# SPDX-License-Identifier: Apache-2.0
"""Limits on who comes in, as clients meet them."""

import json

import pytest
import websockets.asyncio.client as websocket
from websockets import ConnectionClosed

from tally_server import TallyServer
from test_live_streams import run

MANIFEST = "client:\n  maximum_connections_per_user: 2\n"


@pytest.fixture
def server():
    server = TallyServer(workers=1, manifest=MANIFEST)
    yield server
    server.stop()


async def connect(server, token=""):
    socket = await websocket.connect(server.websocket)
    await socket.send(json.dumps({"id": 1, "connect": {"token": token}}))
    try:
        assert "connect" in json.loads(await socket.recv())
        return socket
    except ConnectionClosed as closed:
        return closed.rcvd.code


@run
async def test_a_user_has_a_place_again_once_another_is_free(server):
    token = server.token("ana")
    first, second = await connect(server, token), await connect(server, token)
    assert await connect(server, token) == 3504
    other = await connect(server, server.token("ben"))
    strangers = [await connect(server) for _ in range(4)]
    await first.close()
    third = await connect(server, token)
    for socket in (second, third, other, *strangers):
        await socket.close()
