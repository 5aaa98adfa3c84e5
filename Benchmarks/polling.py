#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What WebSocket saves: the same live stream by polling, long polling, server-sent events, WebSocket, and
WebSocket compressed.

    Benchmarks/polling.py                                  1,000 viewers, an event a second for a minute
    Benchmarks/polling.py --viewers 10 --seconds 5         whether it works

One client for all, on one event loop, pinned to the last core; the server (one worker) to the first. What it
prints, all of the measured time alone, after everybody has connected:

- bytes down and up for each viewer: the kernel's own count for each socket (TCP_INFO, tcp(7)), and 52 bytes
  of IPv4 and TCP header for each of its segments, acknowledgements too;
- requests for each viewer, with the fields that a browser sends (--bare: without);
- processor time of worker and hub (/proc/PID/schedstat), all of it, and for each event that a viewer got;
- the delay of an event, from the moment it is sent to the moment a viewer has read it.
"""

import argparse
import base64
import heapq
import json
import os
import pathlib
import random
import re
import resource
import selectors
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADER = 20 + 20 + 12  # bytes of IPv4, TCP and its timestamps on each segment
MODES = ["polling", "long polling", "server-sent events", "WebSocket", "WebSocket, compressed"]
SENT_AT = re.compile(rb'"text":"(\d+) ')
# What Chromium sends with a request of a page, beside Host; by --bare nothing of it.
BROWSER = (
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    b"Chrome/130.0.0.0 Safari/537.36\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
    b"Accept-Language: en-GB,en;q=0.9\r\nReferer: http://live.example/\r\n"
    b"Sec-Fetch-Dest: empty\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\n"
)
OFFSET = re.compile(rb'"epoch":"([^"]*)","offset":(\d+)')


class Server:
    """`tally serve` with one worker and its defaults: viewers on loopback are not counted by address, and
    without tokens not by user."""

    def __init__(self, binary, core):
        self.folder = tempfile.mkdtemp(prefix="tally-polling-")
        self.binary = os.path.abspath(binary)
        self.address = free_address()
        # What is set for another Tally is not for this one.
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("TALLY_")}
        with open(self.folder + "/log", "wb") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--workers", "1", "--listen", "%s:%d" % self.address,
                 "--data", self.folder + "/data"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment,
                # No tally.yaml of where this was started.
                cwd=self.folder,
                preexec_fn=lambda: os.sched_setaffinity(0, {core}),
            )
        end = time.monotonic() + 30
        while not self.is_serving():
            if time.monotonic() > end or self.process.poll() is not None:
                log = pathlib.Path(self.folder, "log").read_text(errors="replace")
                self.stop()
                sys.exit("the server does not start:\n" + log)
            time.sleep(0.05)

    def ask(self, *arguments):
        command = [self.binary, *arguments, "--data", self.folder + "/data"]
        return subprocess.run(command, capture_output=True, text=True, env=self.environment)

    def run(self, *arguments):
        answer = self.ask(*arguments)
        if answer.returncode != 0:
            sys.exit(f"tally {' '.join(arguments)}: {answer.stderr}")
        return answer.stdout

    def is_serving(self):
        """Whether supervisor, hub and worker do, and the port answers."""
        status = self.ask("status", "--json")
        if status.returncode != 0:
            return False
        processes = json.loads(status.stdout)["processes"]
        if [p["phase"] for p in processes] != ["serving"] * 3:
            return False
        try:
            socket.create_connection(self.address, 1).close()
            return True
        except OSError:
            return False

    def token(self):
        return self.run("token", "--user", "host", "--allow", "sub,pub,ctl",
                        "--channel", "live:*").strip()

    def processor_time(self):
        """Nanoseconds that worker and hub have run."""
        status = json.loads(self.run("status", "--json"))
        pids = [p["pid"] for p in status["processes"] if p["role"] in ("worker", "hub")]
        return sum(int(open(f"/proc/{pid}/schedstat").read().split()[0]) for pid in pids)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                # The others end with the supervisor.
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def free_address():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()


class Tally:
    """What one run counts."""

    def __init__(self):
        self.requests = 0
        self.delays = []
        self.is_measuring = False

    def see(self, text, now):
        for sent in SENT_AT.findall(text):
            if self.is_measuring:
                self.delays.append(now - int(sent))


class Client:
    """A viewer: subclasses say what is sent, and what came."""

    is_ready = False
    fields = BROWSER

    def __init__(self, loop, address, tally):
        self.loop, self.tally, self.buffer = loop, tally, b""
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        loop.register(self.socket, selectors.EVENT_READ, self)
        self.begin()

    def send(self, data):
        # A few hundred bytes on an empty socket: the kernel takes them at once.
        if self.socket.send(data) != len(data):
            sys.exit("the client's socket is full")

    def readable(self):
        data = self.socket.recv(1 << 18)
        if not data:
            sys.exit(f"a viewer was sent away: {self.buffer[-300:]!r}")
        self.buffer += data
        self.take(time.monotonic_ns())

    def wire(self):
        """Bytes down and up, and segments, so far."""
        info = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        received, = struct.unpack_from("=Q", info, 128)
        out, into = struct.unpack_from("=II", info, 136)
        sent, = struct.unpack_from("=Q", info, 200)
        return received + HEADER * into, sent + HEADER * out


class Poller(Client):
    wait = ""
    pause = 2.0
    target = "/channels/live:show"

    def begin(self):
        self.request(self.target)

    def request(self, target):
        self.tally.requests += 1
        self.send(f"GET {target} HTTP/1.1\r\nHost: live.example\r\n".encode()
                  + self.fields + b"\r\n")

    def take(self, now):
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        length = int(re.search(rb"Content-Length: (\d+)", self.buffer).group(1))
        if len(self.buffer) < head + 4 + length:
            return
        if not self.buffer.startswith(b"HTTP/1.1 200"):
            sys.exit(f"a poll was refused: {self.buffer!r}")
        body, self.buffer = self.buffer[head + 4:], b""
        epoch, offset = OFFSET.search(body).groups()
        self.tally.see(body, now)
        self.next = f"{self.target}?since={epoch.decode()}:{offset.decode()}{self.wait}"
        self.again()

    def again(self):
        # The first pause spreads the viewers over the interval, as time does with people.
        pause = self.pause if self.is_ready else self.pause * (id(self) // 64 % 997) / 997
        self.is_ready = True
        self.loop.later(time.monotonic() + pause, lambda: self.request(self.next))


class LongPoller(Poller):
    wait = "&wait=25s"

    def again(self):
        self.is_ready = True
        self.request(self.next)


class EventStream(Client):
    def begin(self):
        self.tally.requests += 1
        self.send(b"GET /channels/live:show HTTP/1.1\r\nHost: live.example\r\n"
                  b"Accept: text/event-stream\r\n" + self.fields + b"\r\n")

    def take(self, now):
        end = self.buffer.rfind(b"\n\n")
        if end < 0:
            return
        if not self.is_ready and b"\nid: " in self.buffer:
            self.is_ready = True
        self.tally.see(self.buffer[:end], now)
        self.buffer = self.buffer[end + 2:]


class WebSocket(Client):
    extension = b""
    token = None
    first = b""

    def begin(self):
        self.is_open = False
        self.tally.requests += 1
        self.send(b"GET /connection/websocket HTTP/1.1\r\nHost: live.example\r\n"
                  b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  b"Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)) + b"\r\n"
                  + self.extension + self.fields + b"\r\n")

    def text(self, text):
        length = struct.pack(">B", 128 | len(text)) if len(text) < 126 else struct.pack(
            ">BH", 254, len(text))
        # A mask of zeros is a mask (RFC 6455 §5.3); nobody stands between to be protected.
        self.send(b"\x81" + length + bytes(4) + text)

    def take(self, now):
        if not self.is_open:
            head = self.buffer.find(b"\r\n\r\n")
            if head < 0:
                return
            if not self.buffer.startswith(b"HTTP/1.1 101"):
                sys.exit(f"no WebSocket: {self.buffer!r}")
            self.is_open, self.buffer = True, self.buffer[head + 4:]
            self.text(b'{"id":1,"connect":{%s}}\n{"id":2,"subscribe":{"channel":"live:show"}}'
                      % (b'"token":"%s"' % self.token.encode() if self.token else b""))
        while (frame := self.frame()) is not None:
            for line in frame.split(b"\n"):
                if line == b"{}":
                    self.text(b"{}")
                elif line.startswith(b'{"id":2,"subscribe"'):
                    self.is_ready = True
            if not self.token:
                self.tally.see(frame, now)

    def frame(self):
        if len(self.buffer) < 2:
            return None
        length, start = self.buffer[1], 2
        if length >= 126:
            start = 4 if length == 126 else 10
            if len(self.buffer) < start:
                return None
            length = int.from_bytes(self.buffer[2:start], "big")
        if len(self.buffer) < start + length:
            return None
        first, payload = self.buffer[0], self.buffer[start:start + length]
        self.buffer = self.buffer[start + length:]
        if first & 15 == 8:
            sys.exit(f"a WebSocket was closed: {payload!r}")
        if first & 64:
            payload = zlib.decompressobj(-15).decompress(payload + b"\x00\x00\xff\xff")
        return payload


class CompressedWebSocket(WebSocket):
    extension = b"Sec-WebSocket-Extensions: permessage-deflate\r\n"


class Loop(selectors.EpollSelector):
    """Sockets, and a few thousand moments that are near."""

    def __init__(self):
        super().__init__()
        self.moments = []

    def later(self, moment, action):
        heapq.heappush(self.moments, (moment, id(action), action))

    def turn(self, until):
        now = time.monotonic()
        while self.moments and self.moments[0][0] <= now:
            heapq.heappop(self.moments)[2]()
        end = min([until] + [self.moments[0][0]] if self.moments else [until])
        for key, _ in self.select(max(0, end - time.monotonic())):
            key.data.readable()

    def run(self, until, condition=lambda: False):
        while time.monotonic() < until and not condition():
            self.turn(min(until, time.monotonic() + 0.2))


KINDS = dict(zip(MODES, [Poller, LongPoller, EventStream, WebSocket, CompressedWebSocket]))


def words(number):
    """What somebody might say: the same for each mode, and no easier to compress than people are."""
    choice = random.Random(number)
    vocabulary = ("the a this that goal light sound stream hello again from in at who when why how nice "
                  "really look there camera music louder please first half second minute wow yes no "
                  "thanks Lisbon Oslo Berlin watching tonight everyone crowd keeper ball left right").split()
    return " ".join(choice.choice(vocabulary) for _ in range(200))


def measure(mode, options):
    server = Server(options.binary, options.server_core)
    try:
        server.run("stream", "start", "show")
        return drive(server, mode, options)
    finally:
        server.stop()


def drive(server, mode, options):
    loop, tally = Loop(), Tally()
    host = WebSocket.__new__(WebSocket)
    host.token = server.token()
    host.__init__(loop, server.address, Tally())
    viewers = []
    for _ in range(options.viewers):
        viewers.append(KINDS[mode](loop, server.address, tally))
        loop.turn(time.monotonic())
    loop.run(time.monotonic() + 60, lambda: host.is_ready and all(v.is_ready for v in viewers))
    if not all(viewer.is_ready for viewer in viewers):
        sys.exit("not everybody could connect")
    # The viewers' count, and the first polls of all, are over.
    loop.run(time.monotonic() + 3)

    tally.requests, tally.is_measuring = 0, True
    wire = [viewer.wire() for viewer in viewers]
    client = time.process_time()
    before = server.processor_time()
    begin = time.monotonic()
    for number in range(options.seconds):
        text = f"{time.monotonic_ns()} {words(number)}"[:options.bytes]
        host.text(b'{"id":%d,"rpc":{"method":"comment.send","data":{"stream":"show","text":"%s"}}}'
                  % (number + 3, text.encode()))
        loop.run(begin + number + 1)
    after = server.processor_time()
    client = time.process_time() - client
    down, up = (sum(a[i] - b[i] for a, b in zip((v.wire() for v in viewers), wire))
                for i in (0, 1))
    requests = tally.requests
    # The last event may be on its way, a poll interval at most.
    loop.run(time.monotonic() + Poller.pause + 1,
             lambda: len(tally.delays) >= options.viewers * options.seconds)
    for viewer in [host, *viewers]:
        viewer.socket.close()
    delays = sorted(tally.delays)
    wanted = options.viewers * options.seconds
    if not delays:
        sys.exit("nothing arrived")
    return {
        "mode": mode,
        "down_bytes": down / options.viewers,
        "up_bytes": up / options.viewers,
        "requests": requests / options.viewers,
        "server_ms": (after - before) / 1e6,
        "server_us_per_event": (after - before) / 1e3 / len(delays),
        "client_share": client / options.seconds,
        "delivered": len(delays) / wanted,
        "median_ms": delays[len(delays) // 2] / 1e6,
        "p99_ms": delays[min(len(delays) - 1, len(delays) * 99 // 100)] / 1e6,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--viewers", type=int, default=1_000)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--bytes", type=int, default=200, help="of an event's text")
    parser.add_argument("--modes", default=",".join(str(i) for i in range(len(MODES))))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--binary", default=os.environ.get("TALLY_BINARY")
                        or str(ROOT / ".build/release/tally"))
    parser.add_argument("--bare", action="store_true", help="requests without a browser's fields")
    options = parser.parse_args()
    if options.bare:
        Client.fields = b""
    cores = sorted(os.sched_getaffinity(0))
    options.server_core = cores[0]
    os.sched_setaffinity(0, {cores[-1]})
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
    rows = [measure(MODES[int(i)], options) for i in options.modes.split(",")]
    if options.json:
        return print(json.dumps(rows, indent=2))
    print(f"{options.viewers} viewers, an event of {options.bytes} B a second for "
          f"{options.seconds} s; for each viewer, and of the server")
    print("| by | KiB down | KiB up | requests | server CPU | for each event | median delay | 99 % | got |")
    print("|---|---|---|---|---|---|---|---|---|")
    for r in rows:
        print(f"| {r['mode']} | {r['down_bytes'] / 1024:.1f} | {r['up_bytes'] / 1024:.1f} "
              f"| {r['requests']:.0f} | {r['server_ms']:.0f} ms | {r['server_us_per_event']:.1f} µs "
              f"| {r['median_ms']:.1f} ms | {r['p99_ms']:.1f} ms | {r['delivered']:.1%} |")
    busiest = max(row["client_share"] for row in rows)
    print(f"\nThe client was busy for {busiest:.0%} of its core at most.")


if __name__ == "__main__":
    main()
