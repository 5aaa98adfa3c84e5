# SPDX-License-Identifier: Apache-2.0
"""Clients that mean harm, or behave as if they did. Each runs in a process of its own.

An attack is a function of the server's port, how many connections it may hold, and the moment at
which to end. It reports what became of its connections: how many the server closed, refused or answered.
"""

import base64
import collections
import json
import os
import select
import socket
import struct
import time

HANDSHAKE = (
    b"GET /connection/websocket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + base64.b64encode(bytes(16)) + b"\r\n\r\n"
)
TEXT, CONTINUATION, PING = 1, 0, 9


def frame(payload, opcode=TEXT, final=True):
    """A masked frame; its mask is zero, which is as good as any other to the reader."""
    size = len(payload)
    head = bytes([opcode | (0x80 if final else 0)])
    if size < 126:
        head += bytes([0x80 | size])
    else:
        head += struct.pack(">BH", 0x80 | 126, size)
    return head + bytes(4) + payload


def command(number, **method):
    return frame(json.dumps({"id": number, **method}).encode())


class Swarm:
    """Many connections of one attacker; counts what the server does to them."""

    def __init__(self, port):
        self.port = port
        self.sockets = []
        #: What a connection has not taken yet, so that no frame is cut.
        self.rest = {}
        self.seen = collections.Counter()

    def connect(self, count):
        for _ in range(count):
            try:
                connection = socket.create_connection(("127.0.0.1", self.port), 5)
            except OSError:
                self.seen["not connected"] += 1
                continue
            connection.setblocking(False)
            self.sockets.append(connection)
        return self

    def upgrade(self):
        """Makes WebSockets of all connections, and lets them in."""
        for connection in list(self.sockets):
            connection.setblocking(True)
            connection.settimeout(5)
            try:
                connection.sendall(HANDSHAKE + command(1, connect={}))
                received = b""
                while b'"client"' not in received:
                    more = connection.recv(4096)
                    if not more:
                        raise OSError("ended")
                    received += more
                connection.setblocking(False)
            except OSError:
                self.drop(connection, "not upgraded")
        return self

    def send(self, make):
        """Sends to each what `make` answers for its number, or the rest of what it did not take."""
        for number, connection in enumerate(list(self.sockets)):
            data = self.rest.pop(connection, None) or make(number)
            try:
                taken = connection.send(data)
            except BlockingIOError:
                taken = 0
                self.seen["not taken"] += 1
            except OSError:
                self.drop(connection, "closed")
                continue
            if taken < len(data):
                self.rest[connection] = data[taken:]

    def listen(self):
        """Reads what has come, and notes who was sent away and how."""
        for start in range(0, len(self.sockets), 500):
            part = self.sockets[start : start + 500]
            poll = select.poll()
            by_number = {connection.fileno(): connection for connection in part}
            for number in by_number:
                poll.register(number, select.POLLIN)
            for number, _ in poll.poll(0):
                self.read(by_number[number])

    def read(self, connection):
        try:
            received = connection.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            return self.drop(connection, "reset")
        if not received:
            return self.drop(connection, "closed")
        if received.startswith(b"HTTP/1.1 "):
            self.seen["status " + received[9:12].decode()] += 1
        self.seen["errors"] += received.count(b'"error"')
        if received[0] == 0x88 and len(received) >= 4:
            self.seen[f"close {struct.unpack('>H', received[2:4])[0]}"] += 1

    def drop(self, connection, how):
        self.seen[how] += 1
        self.rest.pop(connection, None)
        connection.close()
        self.sockets.remove(connection)


def slow_headers(port, size, until):
    """Slowloris: a header that never ends, one byte at a time."""
    swarm = Swarm(port).connect(size)
    swarm.send(lambda _: b"GET / HTTP/1.1\r\nX: ")
    while time.monotonic() < until:
        swarm.send(lambda _: b"a")
        swarm.listen()
        time.sleep(0.5)
    return swarm


def silent_connections(port, size, until):
    """Connections that say nothing at all."""
    swarm = Swarm(port).connect(size)
    while time.monotonic() < until:
        swarm.listen()
        time.sleep(0.5)
    return swarm


def slow_frames(port, size, until):
    """A message of which a byte comes now and then."""
    swarm = Swarm(port).connect(size).upgrade()
    whole = frame(b"x" * 60_000)
    sent = 0
    while time.monotonic() < until:
        swarm.send(lambda _: whole[sent : sent + 1])
        sent += 1
        swarm.listen()
        time.sleep(0.5)
    return swarm


def connect_flood(port, size, until):
    """New connections as fast as they can be made, each dropped at once."""
    swarm = Swarm(port)
    while time.monotonic() < until:
        swarm.connect(min(size, 200))
        for connection in swarm.sockets:
            connection.close()
        swarm.seen["made"] += len(swarm.sockets)
        swarm.sockets = []
    return swarm


def deaf_readers(port, size, until):
    """Subscribers of a busy channel who never read."""
    swarm = Swarm(port)
    for _ in range(size):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        connection.connect(("127.0.0.1", port))
        swarm.sockets.append(connection)
    swarm.upgrade()
    number = 2
    while time.monotonic() < until:
        # Large answers that nobody takes; the commands' own budget bounds how many.
        swarm.send(lambda _: command(number, history={"channel": "room:attack", "limit": 50}))
        number += 1
        time.sleep(0.05)
    swarm.listen()
    return swarm


def repeat(make):
    """An attack that sends the same as fast as it is taken, and reads nothing it need not."""

    def attack(port, size, until):
        swarm = Swarm(port).connect(size).upgrade()
        count = 0
        while time.monotonic() < until and swarm.sockets:
            chunk = make(count)
            swarm.send(lambda _: chunk)
            count += 1
            if count % 20 == 0:
                swarm.listen()
        return swarm

    attack.__doc__ = make.__doc__
    return attack


@repeat
def ping_flood(_):
    """Pings of 125 bytes, back to back."""
    return frame(b"p" * 125, PING) * 100


@repeat
def fragment_flood(count):
    """One message in fragments of a byte, without an end."""
    first = frame(b'"', TEXT, final=False) if count == 0 else b""
    return first + frame(b"x", CONTINUATION, final=False) * 500


@repeat
def tiny_frame_flood(_):
    """Frames with the smallest message that is none: `{}`."""
    return frame(b"{}") * 500


@repeat
def history_flood(count):
    """All of the history, again and again."""
    return b"".join(
        command(2 + count * 10 + n, history={"channel": "room:attack", "limit": 1000})
        for n in range(10)
    )


@repeat
def subscription_churn(count):
    """In and out of a channel."""
    number = 2 + count * 2
    return command(number, subscribe={"channel": "room:attack"}) + command(
        number + 1, unsubscribe={"channel": "room:attack"}
    )


#: name → (attack, connections it takes in the long form, in the short one)
ATTACKS = {
    "slow headers": (slow_headers, 2_000, 100),
    "silent connections": (silent_connections, 10_000, 300),
    "slow frames": (slow_frames, 1_000, 50),
    "connect flood": (connect_flood, 200, 50),
    "readers that stop reading": (deaf_readers, 200, 20),
    "ping flood": (ping_flood, 20, 4),
    "fragment flood": (fragment_flood, 20, 4),
    "tiny-frame flood": (tiny_frame_flood, 20, 4),
    "history flood": (history_flood, 20, 4),
    "subscription churn": (subscription_churn, 20, 4),
}


def run(name, port, size, seconds):
    """Runs an attack for that long; what became of its connections, as a dict."""
    os.nice(5)  # on two cores the attackers would else starve whom they are to annoy
    swarm = ATTACKS[name][0](port, size, time.monotonic() + seconds)
    seen = dict(swarm.seen)
    seen["still open"] = len(swarm.sockets)
    return seen
