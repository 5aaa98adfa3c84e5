# SPDX-License-Identifier: Apache-2.0
"""What ordinary viewers notice of rude clients: nothing that they lose, and no process that dies.

The short form runs with all tests and looks at no time. `ATTACK_SECONDS=12 ATTACK_SIZE=long`, as
`Benchmarks/attacks.sh` sets it, makes the figures: the 99th percentile of a comment's way to ten viewers
before and during each attack.
"""

import json
import multiprocessing
import os
import subprocess

import attackers
import pytest

from tally_server import DEADLINE, TallyServer, binary, wait_until

SECONDS = float(os.environ.get("ATTACK_SECONDS", 3))
IS_LONG = os.environ.get("ATTACK_SIZE") == "long"
RATE = 20  # comments a second to the ten viewers

MANIFEST = """
client:
  maximum_unsent: 256KiB
  maximum_message_size: 64KiB
live:
  maximum_list_limit: 10
http:
  header_timeout: 5s
anonymous:
  connect: true
  allow: [sub, hst]
  channels: ["*"]
"""


@pytest.fixture(scope="module")
def server():
    server = TallyServer(workers=2, manifest=MANIFEST)
    yield server
    server.stop()


def ordinary_viewers(server, seconds):
    """What ten viewers see of comments for that long."""
    command = [binary(), "bench", "comments", "--data", server.data + "/data"]
    command += ["--url", server.websocket, "--stream", "ordinary", "--viewers", "10"]
    command += ["--rate", str(RATE), "--seconds", str(int(seconds)), "--json"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 4 * DEADLINE)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("name", attackers.ATTACKS)
def test_ordinary_viewers_get_every_comment_during(name, server):
    long, short = attackers.ATTACKS[name][1:]
    before = ordinary_viewers(server, SECONDS) if IS_LONG else None
    pids = [process["pid"] for process in server.processes("worker")]
    size = long if IS_LONG else short
    with multiprocessing.Pool(1) as pool:
        attack = pool.apply_async(attackers.run, (name, server.port, size, SECONDS + 3))
        during = ordinary_viewers(server, SECONDS)
        seen = attack.get(SECONDS + 4 * DEADLINE)
    assert during["all_viewers"]["count"] == during["expected_deliveries"]
    assert during["refused"] == 0
    assert [process["pid"] for process in server.processes("worker")] == pids, server.log()
    if IS_LONG:
        p99 = lambda figures: f"{figures['all_viewers']['p99_us'] / 1000:.1f} ms"
        print(f"| {name} ({size}) | {p99(before)} | {p99(during)} | {seen} |")


def test_every_place_is_free_again_afterwards(server):
    """No attacker leaves a connection behind in the worker once its own process has ended."""
    count = lambda: sum(process["connections"] for process in server.processes("worker"))
    wait_until(lambda: count() == 0, "all connections are gone")
