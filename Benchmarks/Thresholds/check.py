#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts what a worker does for each delivery, and fails where it is more than thresholds.json allows.

Allocations by a library that is loaded before the C library, instructions by valgrind's callgrind;
both of the real worker, in a fan-out without chance in it. Never time: a count is the same on every
machine. Usage: Benchmarks/Thresholds/check.py TALLY debug|release
"""

import json
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import lockstep

HERE = Path(__file__).resolve().parent


def library(name, folder):
    built = Path(folder, name + ".so")
    command = ["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-D_GNU_SOURCE"]
    subprocess.run([*command, "-o", built, HERE / f"{name}.c"], check=True)
    return built


def allocations(tally, folder):
    counts = Path(folder, "counts")
    counts.mkdir()
    environment = {
        "LD_PRELOAD": str(library("count_allocations", folder)),
        "ALLOCATION_COUNTS": str(counts),
    }
    server = lockstep.Server([tally], folder, environment)
    try:
        file = counts / str(server.worker)
        return lockstep.costs(
            lockstep.Audience(server),
            lambda: struct.unpack("=Q", file.read_bytes())[0],
            few=50,
            many=250,
            comments=20,
        )
    finally:
        server.stop()


def instructions(tally, folder):
    # valgrind 3.19 cannot read what Swift writes for debuggers.
    program = Path(folder, "tally")
    subprocess.run(["strip", "--strip-debug", "-o", program, tally], check=True)
    out = Path(folder, "callgrind")
    environment = {
        "LD_PRELOAD": str(library("exec_worker", folder)),
        "WORKER_PROGRAM": str(program),
        "WORKER_RUNNER": f"{shutil.which('valgrind')} -q --tool=callgrind --callgrind-out-file={out}",
    }
    server = lockstep.Server([str(program)], folder, environment)
    total = 0

    def count():
        """Has the worker write down what it did since the last time."""
        nonlocal total
        before = set(out.parent.glob("callgrind.*"))
        subprocess.run(
            ["callgrind_control", "--dump", str(server.worker)], check=True, capture_output=True
        )
        for dump in set(out.parent.glob("callgrind.*")) - before:
            found = re.search(r"^(?:summary|totals): (\d+)", dump.read_text(errors="replace"), re.M)
            total += int(found.group(1)) if found else 0
        return total

    try:
        return lockstep.costs(lockstep.Audience(server), count, few=20, many=100, comments=40)
    finally:
        server.stop()


def main():
    tally, build = sys.argv[1], sys.argv[2]
    thresholds = json.loads((HERE / "thresholds.json").read_text())[build]
    measured = {}
    for name, measure in (("allocations", allocations), ("instructions", instructions)):
        with tempfile.TemporaryDirectory(prefix="tally-counts-") as folder:
            delivery, comment = measure(tally, folder)
        measured[f"{name}_per_delivery"] = delivery
        measured[f"{name}_per_comment"] = comment
    failed = 0
    for name, threshold in thresholds.items():
        is_fine = measured[name] <= threshold["most"]
        failed += not is_fine
        print(f"{'ok  ' if is_fine else 'MORE'}  {name}: {measured[name]:,.3f}, at most {threshold['most']:,}")
        if not is_fine:
            print(f"      {threshold['reason']}")
    print(f"{len(thresholds) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
