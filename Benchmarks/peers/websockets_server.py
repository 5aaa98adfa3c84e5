# SPDX-License-Identifier: Apache-2.0
"""websockets: sends every message to every connection, as its documentation advises for many.

Usage: websockets_server.py PORT
"""

import asyncio
import sys

from websockets.asyncio.server import broadcast, serve

members = set()


async def member(connection):
    members.add(connection)
    try:
        async for message in connection:
            broadcast(members, message)
    finally:
        members.discard(connection)


async def main():
    async with serve(
        member,
        "127.0.0.1",
        int(sys.argv[1]),
        backlog=4096,
        compression=None,
        open_timeout=60,
        ping_interval=None,
    ) as server:
        await server.serve_forever()


asyncio.run(main())
