#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Benchmarks/attacks.sh: each attack of Tests/Attacks at full size against the release binary, and what ten
# ordinary viewers notice: a table of the 99th percentile of a comment's way, before and during.
set -euo pipefail
cd "$(dirname "$0")/.."
make build .venv/stamp
ulimit -n "$(ulimit -Hn)"
ATTACK_SECONDS=${ATTACK_SECONDS:-12} ATTACK_SIZE=long TALLY_BINARY=$PWD/.build/release/tally \
    .venv/bin/pytest --quiet --capture=no Tests/Attacks | grep -E '^\.?\||python:|FAILED|Error'
