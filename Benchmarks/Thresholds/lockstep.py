# SPDX-License-Identifier: Apache-2.0
"""A fan-out without chance in it: one comment, until all viewers have it, then the next.

So each comment is one flush and each delivery one send, whatever the machine does meanwhile, and what
a worker does for a delivery can be counted.
"""

import base64
import json
import os
import socket
import struct
import subprocess
import time
from pathlib import Path

# Nothing but comments happens: no ping, no count of viewers, no limit made for people.
MANIFEST = """
log:
  level: error
client:
  ping_interval: 1h
  command_burst: 10000
supervisor:
  heartbeat_timeout: 1m
  start_timeout: 2m
live:
  viewers_interval: 1m
delivery:
  comments_per_second: 0
"""


class Server:
    """A Tally with one worker, started by a command that may have something before the program."""

    def __init__(self, command, folder, environment=None):
        self.tally = command[-1]
        self.data = Path(folder, "data")
        manifest = Path(folder, "tally.yaml")
        manifest.write_text(MANIFEST)
        self.log = Path(folder, "log")
        self.process = subprocess.Popen(
            [*command, "serve", "--config", manifest, "--data", self.data]
            + ["--listen", "127.0.0.1:0", "--workers", "1"],
            env={**os.environ, **(environment or {})},
            stdout=subprocess.DEVNULL,
            stderr=self.log.open("wb"),
        )
        end = time.monotonic() + 120
        while True:
            status = self.run("status", "--json")
            if status.returncode == 0:
                status = json.loads(status.stdout)
                serving = [entry["phase"] == "serving" for entry in status["processes"]]
                if len(serving) == 3 and all(serving):
                    break
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError("no start: " + self.log.read_text(errors="replace")[-500:])
            # Other processes are waited for: there is no event to wait on.
            time.sleep(0.1)
        self.address = status["listen"][0]
        self.worker = next(e["pid"] for e in status["processes"] if e["role"] == "worker")

    def run(self, *arguments):
        return subprocess.run(
            [self.tally, *arguments, "--data", self.data], capture_output=True, text=True
        )

    def token(self):
        """Of one who may start the stream and comment without a rate."""
        made = self.run(
            "token", "--user", "host", "--allow", "sub,pub,ctl,mod", "--channel", "live:s"
        )
        assert made.returncode == 0, made.stderr
        return made.stdout.strip()

    def stop(self):
        """Ends it by its process id; its children die with it."""
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Viewer:
    """One WebSocket, blocking, that reads what comes as bytes."""

    def __init__(self, address, token=""):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), 60)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /connection/websocket HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        self.read_until(b"\r\n\r\n")
        self.number = 1
        self.ask({"connect": {"token": token}})

    def ask(self, command):
        """Sends a command, and reads on until it is answered."""
        text = json.dumps({"id": self.number, **command}).encode()
        if len(text) < 126:
            head = struct.pack("!BB", 0x81, 0x80 | len(text))
        else:
            head = struct.pack("!BBH", 0x81, 0xFE, len(text))
        self.socket.sendall(head + bytes(4) + text)
        answer = self.read_until(b'"id":%d,' % self.number)
        assert b'"error"' not in answer, answer
        self.number += 1

    def read_until(self, text):
        seen = b""
        while text not in seen:
            more = self.socket.recv(1 << 16)
            assert more, f"closed after {seen[-200:]!r}"
            seen += more
        return seen


class Audience:
    def __init__(self, server):
        self.server = server
        self.host = Viewer(server.address, server.token())
        self.rpc("live.start", stream="s", keep=True)
        self.viewers = []
        self.sent = 0

    def rpc(self, method, **data):
        self.host.ask({"rpc": {"method": method, "data": data}})

    def grow(self, count):
        while len(self.viewers) < count:
            viewer = Viewer(self.server.address)
            viewer.ask({"subscribe": {"channel": "live:s"}})
            self.viewers.append(viewer)

    def say(self, count):
        """So many comments of 100 bytes, each seen by all before the next."""
        for _ in range(count):
            self.sent += 1
            text = f"~{self.sent:016x}~"
            self.rpc("comment.send", stream="s", text=text + "x" * (100 - len(text)))
            for viewer in self.viewers:
                viewer.read_until(text.encode())


def costs(audience, count, few, many, comments):
    """What `count()` rises by for one delivery more, and for a comment besides its deliveries.

    The first is the difference that viewers more make, so all that does not depend on them falls out;
    what passing time alone costs, such as heartbeats, is measured first and taken off.
    """
    start, before = time.monotonic(), count()
    time.sleep(2)
    rate = (count() - before) / (time.monotonic() - start)
    cost = {}
    for viewers in (few, many):
        audience.grow(viewers)
        # Buffers find their size, and the news of who came goes out.
        audience.say(10)
        start, before = time.monotonic(), count()
        audience.say(comments)
        cost[viewers] = count() - before - rate * (time.monotonic() - start)
    delivery = (cost[many] - cost[few]) / ((many - few) * comments)
    return delivery, cost[few] / comments - few * delivery
