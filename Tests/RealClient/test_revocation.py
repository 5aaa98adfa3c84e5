# SPDX-License-Identifier: Apache-2.0
"""What a real client does when its token is taken away."""

import asyncio

from centrifuge import UnauthorizedError

from recorder import Connection
from test_live_streams import run


@run
async def test_whoever_gets_another_token_is_back_by_itself(server):
    fresh = await asyncio.to_thread(server.token, "ana", "sub", "live:*", "--jti", "fresh")
    asked = []

    async def get_token():
        asked.append(True)
        return fresh

    stolen = server.token("ana", "sub", "live:*", "--jti", "stolen")
    async with Connection(server, stolen, get_token=get_token) as connection:
        await asyncio.to_thread(server.run, "token", "revoke", "--jti", "stolen")
        is_back = lambda _: len(connected(connection)) == 2
        await connection.states.until(is_back, "a second connection")
        assert asked
        _, context = next(s for s in connection.states.happened if s[0] == "connecting" and s[1].code)
        assert context.code == 3005 and context.reason == "token revoked"


@run
async def test_whoever_gets_none_stays_out(server):
    async def get_token():
        raise UnauthorizedError("no token for bob")

    token = server.token("bob", "sub", "live:*", "--jti", "bobs")
    async with Connection(server, token, get_token=get_token) as connection:
        await asyncio.to_thread(server.run, "token", "revoke", "--sub", "bob")
        await connection.states.until(lambda s: s[0] == "disconnected", "its end for good")
        assert len(connected(connection)) == 1


@run
async def test_a_disconnected_user_does_not_come_back(server):
    async with Connection(server, server.token("eve")) as connection:
        await asyncio.to_thread(server.run, "user", "disconnect", "eve", "--reason", "enough")
        _, context = await connection.states.until(lambda s: s[0] == "disconnected", "its end")
        assert (context.code, context.reason) == (3503, "enough")


def connected(connection):
    return [state for state in connection.states.happened if state[0] == "connected"]
