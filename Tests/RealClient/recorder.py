# SPDX-License-Identifier: Apache-2.0
"""A centrifuge-python client that keeps what it was told, for a test to wait for."""

import asyncio

from centrifuge import Client, ClientEventHandler, SubscriptionEventHandler

DEADLINE = 15  # seconds


class Recorder:
    """Things that happened, in order; waits without polling for those yet to come."""

    def __init__(self):
        self.happened = []
        self._changed = asyncio.Event()

    def note(self, thing):
        self.happened.append(thing)
        self._changed.set()

    async def until(self, condition, what):
        """The first thing for which the condition holds."""
        async with asyncio.timeout(DEADLINE):
            while True:
                for thing in self.happened:
                    if condition(thing):
                        return thing
                self._changed.clear()
                try:
                    await self._changed.wait()
                except asyncio.CancelledError:
                    print(f"never: {what}; but: {self.happened}")
                    raise


class Connection(ClientEventHandler):
    """A connected client. `states` holds its contexts, `server_subs` what the server sent it."""

    def __init__(self, server, token="", **options):
        self.states = Recorder()
        self.server_subs = Recorder()
        self.client = Client(
            server.websocket, events=self, token=token, proxy=None, min_reconnect_delay=0.05,
            **options,
        )

    async def __aenter__(self):
        await self.client.connect()
        await self.client.ready(DEADLINE)
        return self

    async def __aexit__(self, *_):
        await self.client.disconnect()

    async def rpc(self, method, **data):
        return (await self.client.rpc(method, data, timeout=DEADLINE)).data

    async def subscribe(self, channel, **options):
        subscription = Subscribed(self, channel, options)
        await subscription.raw.subscribe()
        await subscription.raw.ready(DEADLINE)
        return subscription

    async def on_connected(self, context):
        self.states.note(("connected", context))

    async def on_connecting(self, context):
        self.states.note(("connecting", context))

    async def on_disconnected(self, context):
        self.states.note(("disconnected", context))

    async def on_error(self, context):
        self.states.note(("error", context))

    async def on_subscribed(self, context):
        self.server_subs.note(("subscribed", context))

    async def on_publication(self, context):
        self.server_subs.note(("publication", context))


class Subscribed(SubscriptionEventHandler):
    def __init__(self, connection, channel, options):
        self.publications = Recorder()
        self.events = Recorder()
        self.raw = connection.client.new_subscription(channel, events=self, **options)

    async def on_subscribed(self, context):
        self.events.note(("subscribed", context))

    async def on_unsubscribed(self, context):
        self.events.note(("unsubscribed", context))

    async def on_error(self, context):
        self.events.note(("error", context))

    async def on_publication(self, context):
        self.publications.note(context.pub)

    async def on_join(self, context):
        self.events.note(("join", context.info))

    async def on_leave(self, context):
        self.events.note(("leave", context.info))

    async def event(self, kind, **fields):
        """The first live event of this type with these fields."""
        wanted = {"type": kind, **fields}
        found = lambda pub: wanted.items() <= pub.data.items()
        return (await self.publications.until(found, wanted)).data

    def texts(self):
        return [p.data["text"] for p in self.publications.happened if p.data["type"] == "comment"]
