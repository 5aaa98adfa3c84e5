# SPDX-License-Identifier: Apache-2.0
"""uWebSockets through socketify: its own publish/subscribe sends every message to every connection.

Python sees each message once; subscribers are C++ alone. Usage: uwebsockets_server.py PORT
"""

import sys

from socketify import App, AppListenOptions, OpCode

app = App()


def member_came(ws):
    ws.subscribe("all")


def message_came(ws, message, opcode):
    app.publish("all", message, OpCode.TEXT)


app.ws(
    "/*",
    {
        "max_payload_length": 1 << 20,
        "max_backpressure": 64 << 20,
        "idle_timeout": 0,
        "open": member_came,
        "message": message_came,
    },
)
app.listen(AppListenOptions(port=int(sys.argv[1]), host="127.0.0.1"))
app.run()
