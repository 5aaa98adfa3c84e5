# SPDX-License-Identifier: Apache-2.0
"""picows: sends every message to every connection. Usage: picows_server.py PORT"""

import asyncio
import sys

import uvloop
from picows import WSListener, WSMsgType, ws_create_server

members = set()


class Member(WSListener):
    def on_ws_connected(self, transport):
        members.add(transport)

    def on_ws_disconnected(self, transport):
        members.discard(transport)

    def on_ws_frame(self, transport, frame):
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code())
            transport.disconnect()
        elif frame.msg_type == WSMsgType.TEXT:
            message = frame.get_payload_as_bytes()
            for member in members:
                member.send(WSMsgType.TEXT, message)


async def main():
    server = await ws_create_server(
        lambda request: Member(), "127.0.0.1", int(sys.argv[1]), backlog=4096
    )
    await server.serve_forever()


uvloop.run(main())
