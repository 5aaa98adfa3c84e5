#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures Tally beside other WebSocket servers in one run: `make bench`.

Each server in turn, pinned to one core, `tally bench` on another; so many rounds, the servers
interleaved, so that what a machine does meanwhile meets them all; the median of the rounds counts.
Prints Markdown, and writes every figure to a file of JSON. What is compared, and why it is fair or not:
docs/performance.md.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE / "peers"

# The limits made for people are off: one client sends all comments, and all viewers come at once.
MANIFEST = """
log:
  level: error
client:
  commands_per_second: 20000
  command_burst: 20000
  publishes_per_second: 20000
  publish_burst: 20000
  subscribes_per_second: 20000
  subscribe_burst: 20000
  maximum_pending_commands: 20000
  maximum_new_connections_per_second: 1000000
delivery:
  comments_per_second: 0
"""


class Failure(Exception):
    """What ends one measurement, and is shown in its place."""


class Server:
    """One start of one server."""

    def __init__(self, run, name, workers=1):
        self.name = name
        self.folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=run.folder))
        self.port = run.free_port()
        log = open(self.folder / "log", "wb")
        pinned = ["taskset", "--cpu-list", run.server_core]
        self.process = subprocess.Popen(
            pinned + self.command(run, workers),
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            cwd=self.folder,
        )
        self.wait(run, workers)

    def command(self, run, workers):
        port = str(self.port)
        if self.name == "tally":
            (self.folder / "tally.yaml").write_text(MANIFEST)
            listen = ["--listen", f"127.0.0.1:{port}", "--workers", str(workers)]
            return [run.tally, "serve", "--config", "tally.yaml", "--data", "data"] + listen
        if self.name == "epoll":
            return [str(run.epoll), port]
        if self.name == "nchan":
            return [str(PEERS / "nchan.sh"), port, str(self.folder)]
        return [run.python, str(PEERS / f"{self.name}_server.py"), port]

    def wait(self, run, workers):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            if self.name == "tally":
                status = subprocess.run(
                    [run.tally, "status", "--data", self.folder / "data", "--json"],
                    capture_output=True,
                )
                if status.stdout.count(b'"phase":"serving"') == workers + 2:
                    return
            else:
                try:
                    socket.create_connection(("127.0.0.1", self.port), 1).close()
                    return
                except OSError:
                    pass
            time.sleep(0.05)
        text = (self.folder / "log").read_text(errors="replace").strip()
        self.stop()
        raise Failure(f"{self.name} does not start: {text[-300:]}")

    def arguments(self):
        """What `tally bench` has to know of it."""
        if self.name == "tally":
            return ["--data", str(self.folder / "data")]
        path = "watch" if self.name == "nchan" else ""
        return [
            "--server-kind", "plain", "--pid", str(self.process.pid),
            "--url", f"ws://127.0.0.1:{self.port}/{path}",
        ]  # fmt: skip

    def publishing(self):
        if self.name != "nchan":
            return []
        return ["--publish-url", f"http://127.0.0.1:{self.port}/publish"]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                # A drain would wait for clients; there are none left.
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Run:
    def __init__(self, arguments):
        self.tally = str(Path(arguments.tally).resolve())
        self.python = arguments.python
        self.rounds = arguments.rounds
        self.seconds = arguments.seconds
        self.server_core = arguments.server_core
        self.load_core = arguments.load_core
        self.only = arguments.servers.split(",") if arguments.servers else None
        self.folder = Path(arguments.folder).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.epoll = self.folder / "epoll_server"
        self.port = 20_000
        self.results = {}

    def free_port(self):
        """Below the ports that connections take, a new one each time: no old connection waits there."""
        while True:
            self.port += 1
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", self.port))
                    return self.port
                except OSError:
                    pass

    def build_floor(self):
        source = PEERS / "epoll_server.c"
        if self.epoll.exists() and self.epoll.stat().st_mtime > source.stat().st_mtime:
            return
        compiler = ["cc", "-O2", "-Wall", "-Wextra", "-D_GNU_SOURCE"]
        subprocess.run(compiler + ["-o", self.epoll, source, "-lcrypto"], check=True)

    def bench(self, *arguments, limit=300):
        command = ["taskset", "--cpu-list", self.load_core, self.tally, "bench"]
        command += [str(argument) for argument in arguments] + ["--format", "json"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=limit)
        except subprocess.TimeoutExpired:
            raise Failure(f"nothing after {limit} s")
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise Failure(said[0] if said else f"ended with status {done.returncode}")
        return json.loads(done.stdout)

    def measure(self, scenario, cases, rounds=None):
        """Each case once a round: (name, server, workers, function of (run, server))."""
        rounds = min(self.rounds, rounds or self.rounds)
        taken = {name: [] for name, _, _, _ in cases}
        for number in range(rounds):
            for name, kind, workers, function in cases:
                if self.only and kind not in self.only:
                    continue
                began = time.monotonic()
                try:
                    server = Server(self, kind, workers)
                    try:
                        figures = function(self, server)
                    finally:
                        server.stop()
                except Failure as failure:
                    figures = {"failure": str(failure)}
                taken[name].append(figures)
                said = figures.get("failure") or f"{time.monotonic() - began:.0f} s"
                print(f"{scenario} {number + 1}/{rounds} {name}: {said}", file=sys.stderr, flush=True)
        self.results[scenario] = taken
        return {name: median(figures) for name, figures in taken.items() if figures}


def median(rounds):
    """Figure by figure, of those rounds that have some."""
    good = [figures for figures in rounds if "failure" not in figures]
    if not good:
        return {"failure": rounds[-1]["failure"]}
    result = {}
    for key, value in good[0].items():
        if isinstance(value, dict):
            result[key] = median([figures[key] for figures in good if key in figures])
        elif isinstance(value, (int, float)):
            numbers = [figures[key] for figures in good if isinstance(figures.get(key), (int, float))]
            result[key] = statistics.median(numbers)
    return result


def fan_out(viewers, rate, seconds=None, *more):
    def function(run, server):
        return run.bench(
            "fanout", *server.arguments(), *server.publishing(), "--viewers", viewers,
            "--rate", rate, "--seconds", seconds or run.seconds, *more,
        )  # fmt: skip

    return function


def of_all(function, servers=("tally", "epoll", "uwebsockets", "picows", "nchan", "websockets")):
    return [(name, name, 1, function) for name in servers]


# MARK: Tables


def table(titles, rows):
    print("| " + " | ".join(titles) + " |")
    print("|" + "---|" * len(titles))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def number(value, digits=2):
    return "–" if value is None else f"{value:,.{digits}f}"


def ratio(value, other):
    return number(value / other) if value is not None and other else "–"


def part(figures, key, inner=None):
    value = figures.get(key)
    return value.get(inner) if inner and isinstance(value, dict) else value


def fan_out_table(
    medians, against=("uwebsockets", "epoll"), cost="server_net_cpu_us_per_delivery"
):
    reference = {name: part(medians.get(name, {}), cost) for name in against}
    rows = []
    for name, figures in medians.items():
        if "failure" in figures:
            rows.append([name, figures["failure"]] + ["–"] * (7 + len(against)))
            continue
        value = figures.get(cost)
        rows.append(
            [
                name,
                number(value),
                *(ratio(value, reference[other]) for other in against),
                number(figures.get("deliveries_per_server_cpu_second"), 0),
                number(100 * figures["delivered"] / max(figures["expected"], 1)) + " %",
                number((part(figures, "latency", "p50_us") or 0) / 1000),
                number((part(figures, "latency", "p99_us") or 0) / 1000),
                number(figures.get("received_bytes_per_viewer", 0) / max(figures["sent"], 1), 0),
                number(figures.get("server_idle_cpu_ms_per_second"), 1),
                number(figures.get("load_cpu_us_per_delivery")),
            ]
        )
    table(
        ["server", "CPU per delivery, µs"]
        + [f"× {name}" for name in against]
        + [
            "deliveries per CPU second", "delivered", "median, ms", "p99, ms",
            "bytes per message", "idle CPU, ms/s", "load's CPU per delivery, µs",
        ],  # fmt: skip
        rows,
    )


# MARK: Scenarios: each a row of what has to be shown


def wide(run):
    """5,000 viewers, 10 messages a second of 100 bytes."""
    fan_out_table(run.measure("wide", of_all(fan_out(5000, 10))))


def busy(run):
    """1,000 viewers, 100 messages a second."""
    fan_out_table(run.measure("busy", of_all(fan_out(1000, 100))))


def flood(run):
    """1,000 viewers, 1,000 messages a second; of Tally by a moderator, whose comments are all shown."""
    function = fan_out(1000, 1000, 2, "--warm-up", "200ms")
    # Not websockets, which would need a minute for what is sent in two seconds.
    servers = ("tally", "epoll", "uwebsockets", "picows", "nchan")
    medians = run.measure("flood", of_all(function, servers), rounds=2)
    # Most are saturated and never idle: nothing is taken off.
    fan_out_table(medians, cost="server_cpu_us_per_delivery")


def quiet(run):
    """1,000 viewers, one message a second: how soon it is there."""
    function = fan_out(1000, 1, max(8, run.seconds))
    medians = run.measure("quiet", of_all(function), rounds=2)
    reference = part(medians.get("uwebsockets", {}), "latency", "p50_us")
    rows = []
    for name, figures in medians.items():
        value = part(figures, "latency", "p50_us")
        p99 = part(figures, "latency", "p99_us")
        rows.append([name, number(value and value / 1000, 3), ratio(value, reference),
                     number(p99 and p99 / 1000, 3)])  # fmt: skip
    table(["server", "median, ms", "× uwebsockets", "p99, ms"], rows)


def idle(run):
    """15,000 idle viewers of Tally: private memory for each, of the worker and of all processes."""
    viewers = 15_000

    def function(run, server):
        figures = run.bench("idle", *server.arguments(), "--viewers", viewers)
        for process in figures["processes"]:
            more = process["private_bytes"] - process["private_bytes_before"]
            figures[process["name"]] = more / viewers
        return figures

    figures = run.measure("idle", [("tally", "tally", 1, function)], rounds=1)["tally"]
    names = ["worker 0", "hub", "bytes_per_viewer"]
    table(["server", "worker, bytes per viewer", "hub", "all processes"],
          [["tally"] + [number(figures.get(name), 0) for name in names]])  # fmt: skip


def connect(run):
    """5,000 connections at once; of Tally with a subscription each, of others the bare handshake."""

    def function(run, server):
        return run.bench("connect", *server.arguments(), "--viewers", 5000)

    medians = run.measure("connect", of_all(function))
    cost = "server_cpu_us_per_connection"
    reference = medians.get("uwebsockets", {}).get(cost)
    rows = []
    for name, figures in medians.items():
        p99 = part(figures, "arrival", "p99_us")
        rows.append([name, number(figures.get(cost), 1), ratio(figures.get(cost), reference),
                     number(figures.get("connects_per_second"), 0), number(p99 and p99 / 1000, 1),
                     number(figures.get("lost"), 0)])  # fmt: skip
    table(["server", "CPU per connection, µs", "× uwebsockets", "connections a second", "p99, ms",
           "lost"], rows)  # fmt: skip


def recover(run):
    """5,000 viewers of Tally cut off at once, who come back for 20 comments that they missed."""

    def function(run, server):
        return run.bench("recover", *server.arguments(), "--viewers", 5000)

    figures = run.measure("recover", [("tally", "tally", 1, function)], rounds=2)["tally"]
    p99 = part(figures, "arrival", "p99_us")
    row = ["tally", number(figures.get("recovered"), 0), number(figures.get("recovered_messages"), 0),
           number(figures.get("seconds")), number(figures.get("server_cpu_us_per_viewer"), 1),
           number(p99 and p99 / 1000, 0)]  # fmt: skip
    table(["server", "recovered of 5,000", "comments of 100,000", "all back after, s",
           "CPU per viewer, µs", "p99, ms"], [row])  # fmt: skip


def workers(run):
    """Tally from 1 to 2 workers (both on one core), and from 1,000 to 15,000 viewers, beside the floor."""
    cases = [
        ("epoll, 1,000 viewers", "epoll", 1, fan_out(1000, 10)),
        ("1 worker, 1,000 viewers", "tally", 1, fan_out(1000, 10)),
        ("1 worker, 5,000 viewers", "tally", 1, fan_out(5000, 10)),
        ("1 worker, 15,000 viewers", "tally", 1, fan_out(15000, 3)),
        ("epoll, 15,000 viewers", "epoll", 1, fan_out(15000, 3)),
        ("2 workers, 5,000 viewers", "tally", 2, fan_out(5000, 10)),
    ]
    medians = run.measure("workers", cases, rounds=2)
    fan_out_table(medians, against=("1 worker, 5,000 viewers",))


def compressed(run):
    """Tally with and without permessage-deflate, 1,000 viewers, 1, 10 and 100 comments a second."""
    cases = []
    for rate in (1, 10, 100):
        cases.append((f"{rate}/s", "tally", 1, fan_out(1000, rate)))
        deflated = fan_out(1000, rate, None, "--compressed")
        cases.append((f"{rate}/s compressed", "tally", 1, deflated))
    medians = run.measure("compressed", cases, rounds=2)
    rows = []
    for rate in (1, 10, 100):
        plain, small = medians.get(f"{rate}/s", {}), medians.get(f"{rate}/s compressed", {})
        cost, size = "server_net_cpu_us_per_delivery", "received_bytes_per_viewer"
        sent = max(plain.get("sent", 1), 1)
        rows.append([f"{rate}/s", number(plain.get(size, 0) / sent, 0),
                     number(small.get(size, 0) / sent, 0), ratio(small.get(size), plain.get(size)),
                     number(plain.get(cost)), number(small.get(cost)),
                     ratio(small.get(cost), plain.get(cost))])  # fmt: skip
    table(["rate", "bytes per comment", "compressed", "ratio", "CPU per delivery, µs", "compressed",
           "ratio"], rows)  # fmt: skip


SCENARIOS = [wide, busy, flood, quiet, idle, connect, recover, workers, compressed]


def main():
    names = [scenario.__name__ for scenario in SCENARIOS]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join(names))
    parser.add_argument("--tally", default=".build/release/tally")
    parser.add_argument("--python", default=sys.executable, help="one that has requirements.txt")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--servers", help="only these, as tally,uwebsockets,epoll")
    parser.add_argument("--server-core", default="0")
    parser.add_argument("--load-core", default="1")
    parser.add_argument("--folder", default=".build/bench")
    arguments = parser.parse_args()
    for name in arguments.scenarios:
        if name not in names:
            parser.error(f"no scenario {name}: there are {', '.join(names)}")
    if not os.access(arguments.tally, os.X_OK):
        parser.error(f"no program {arguments.tally}: `make build` makes it, TALLY= names another")
    if len(os.sched_getaffinity(0)) < 2:
        parser.error("two processor cores are needed: one for the server, one for the load")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    run = Run(arguments)
    run.build_floor()
    began = time.monotonic()
    print(f"{date.today()}, {platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}; "
          f"server on core {run.server_core}, load on core {run.load_core}; "
          f"{run.rounds} rounds of {run.seconds} s\n")  # fmt: skip
    for scenario in SCENARIOS:
        if arguments.scenarios and scenario.__name__ not in arguments.scenarios:
            continue
        print(f"### {scenario.__name__}: {scenario.__doc__}\n", flush=True)
        scenario(run)
        file = run.folder / "results.json"
        file.write_text(json.dumps(run.results, indent=1) + "\n")
    print(f"{time.monotonic() - began:.0f} s; every figure of every round is in {run.folder}/results.json")


if __name__ == "__main__":
    main()
