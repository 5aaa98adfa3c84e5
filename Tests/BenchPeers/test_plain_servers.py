# SPDX-License-Identifier: Apache-2.0
"""`tally bench` against servers that are no Tally: the peers of `make bench`."""

import json
import os
import socket
import subprocess
import sys
import time

import pytest

from tally_server import DEADLINE, ROOT, binary, free_port

PEERS = ROOT / "Benchmarks/peers"


def bench(*arguments):
    return subprocess.run([binary(), "bench", *map(str, arguments)], capture_output=True, text=True)


@pytest.fixture(params=["epoll", "websockets"])
def peer(request, tmp_path):
    """A peer that sends every message to everyone, and its process."""
    port = free_port()
    if request.param == "epoll":
        program = tmp_path / "epoll_server"
        source = PEERS / "epoll_server.c"
        flags = ["-O1", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE"]
        subprocess.run(["cc", *flags, "-o", program, source, "-lcrypto"], check=True)
        command = [program, str(port)]
    else:
        command = [sys.executable, PEERS / "websockets_server.py", str(port)]
    process = subprocess.Popen(command)
    end = time.monotonic() + DEADLINE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            assert process.poll() is None and time.monotonic() < end, "the peer does not start"
            # Another process is waited for: there is no event to wait on.
            time.sleep(0.05)
    yield port, process.pid
    process.terminate()
    assert process.wait(DEADLINE) in (0, -15)


def of(peer):
    port, pid = peer
    return ["--server-kind", "plain", "--url", f"ws://127.0.0.1:{port}/", "--pid", pid]


def test_every_delivery_of_a_plain_server_is_counted(peer):
    done = bench(
        "fanout", *of(peer), "--viewers", 30, "--processes", 2, "--rate", 50, "--seconds", 1,
        "--size", 300, "--warm-up", "100ms", "--idle", "100ms", "--format", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["delivered"] == figures["expected"] == 50 * 30
    assert figures["latency"]["count"] == 50 * 30
    # A header of four bytes and the message.
    assert figures["received_bytes_per_viewer"] == 50 * 304
    assert figures["server_cpu_us_per_delivery"] > 0
    assert figures["lost"] == 0


def test_a_storm_on_a_plain_server(peer):
    done = bench("connect", *of(peer), "--viewers", 50, "--format", "json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["viewers"] == 50 and figures["lost"] == 0
    assert figures["server_cpu_us_per_connection"] > 0


def test_a_server_that_does_not_compress_is_no_measurement_of_compression(peer):
    done = bench("fanout", *of(peer), "--viewers", 3, "--compressed")
    assert done.returncode == 69
    assert "the server does not compress" in done.stderr


def test_a_server_that_goes_away_is_said(peer):
    port, pid = peer
    os.kill(pid, 15)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    done = bench("connect", "--server-kind", "plain", "--url", f"ws://127.0.0.1:{port}/")
    assert done.returncode == 69
    assert "Connection refused" in done.stderr
