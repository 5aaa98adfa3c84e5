# SPDX-License-Identifier: Apache-2.0
"""Starts the real binary for a test, and ends it by its process id."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
DEADLINE = 30  # seconds for a start or an end; a busy two-core machine needs some of them

MANIFEST = """
channels:
  - match: "score:*"
    retention: latest
    subscribe: everyone
  - match: "room:*"
    history_size: 50
    history_lifetime: 1h
    recovery: on_request
    presence: true
    join_leave: true
    subscribe: everyone
    publish: subscribers
    read_history: subscribers
    read_presence: subscribers
  - match: "private:*"
    subscribe: nobody
    subscription_token: true
"""


def binary():
    path = os.environ.get("TALLY_BINARY") or ROOT / ".build/debug/tally"
    if not os.access(path, os.X_OK):
        raise RuntimeError(f"no binary at {path}: `make test` builds it")
    return str(path)


class TallyServer:
    """`tally serve` with three workers, a data folder of its own and a free port.

    `manifest`: YAML that comes after MANIFEST.
    """

    def __init__(self, *flags, workers=3, manifest="", port=None):
        self.data = tempfile.mkdtemp(prefix="tally-test-")
        self.port = port or free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.address}/"
        self.websocket = f"ws://{self.address}/connection/websocket"
        path = pathlib.Path(self.data, "tally.yaml")
        path.write_text(MANIFEST + manifest)
        self.log_path = pathlib.Path(self.data, "log")
        self.command = [
            binary(), "serve", "--config", str(path), "--listen", self.address,
            "--workers", str(workers), "--data", self.data + "/data", *flags,
        ]
        self.start()

    def start(self):
        """Starts it; again, after `end`."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TALLY_")}
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
            )
        wait_until(self._answers, "the server answers")

    def _answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"tally ended with {self.process.returncode}:\n{self.log()}")
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def run(self, *arguments):
        """What a `tally` command prints."""
        command = [binary(), *arguments, "--data", self.data + "/data"]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=DEADLINE
        ).stdout

    def token(self, user, allow="sub", channel="live:*", *more):
        flags = ["--user", user, "--allow", allow, "--channel", channel, *more]
        return self.run("token", *flags).strip()

    def processes(self, role):
        status = json.loads(self.run("status", "--json"))
        return [process for process in status["processes"] if process["role"] == role]

    def kill(self, role, index=0):
        """Kills one process of the service, and waits until its replacement is there."""
        find = lambda: next(p["pid"] for p in self.processes(role) if p["index"] == index)
        before = 0

        def runs():
            # 0 while it is not there yet: kill(2) would take that for this process and its whole group.
            nonlocal before
            before = find()
            return before > 0

        wait_until(runs, f"{role} {index} runs")
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: find() not in (0, before), f"{role} {index} is replaced")

    def log(self):
        return self.log_path.read_text(errors="replace")

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(DEADLINE)

    def stop(self):
        self.end()
        shutil.rmtree(self.data, ignore_errors=True)


def wait_until(condition, what, seconds=DEADLINE):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
