#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What plugins cost: processor time of a worker for each comment with none, with one that allows and with
# five; and whether a hook that takes 100 ms to answer one user's comments delays another's.
set -euo pipefail
cd "$(dirname "$0")/.."
. Benchmarks/plugin-setup.sh
rate=${RATE:-1000}
seconds=${SECONDS_EACH:-15}

# Processor time of the worker since its start, in clock ticks (proc(5)).
ticks() {
    local pid
    pid=$("$tally" status --data "$folder/data" --json | python3 -c 'import json, sys
print(next(p["pid"] for p in json.load(sys.stdin)["processes"] if p["role"] == "worker"))')
    awk '{ print $14 + $15 }' "/proc/$pid/stat"
}

for number in 1 2 3 4 5; do build_plugin "allow-$number"; done

measure() { # title, plugins
    write_manifest "$2"
    serve 1
    local before after
    before=$(ticks)
    "$tally" bench comments --data "$folder/data" --viewers 1 --rate "$rate" --seconds "$seconds" \
        > /dev/null
    after=$(ticks)
    echo "$1: $(((after - before) * 1000000 / $(getconf CLK_TCK) / (rate * seconds))) µs of the worker a comment"
    stop
}

echo "== $rate comments a second for $seconds s, one sender, one viewer, one worker"
measure "no plugin" ""
measure "one that allows" "allow-1.yaml"
measure "five that allow" "allow-1.yaml, allow-2.yaml, allow-3.yaml, allow-4.yaml, allow-5.yaml"

echo "== 100 comments a second, while nobody else comments"
write_manifest "allow-1.yaml"
serve 1
"$tally" bench comments --data "$folder/data" --stream show --viewers 1 --rate 100 --seconds "$seconds"

echo "== the same, while each comment of another user waits for 100 ms in the hook"
while :; do "$tally" say show "!wait 100" --user other --data "$folder/data" > /dev/null 2>&1 || true; done &
other=$!
"$tally" bench comments --data "$folder/data" --stream show --viewers 1 --rate 100 --seconds "$seconds"
kill $other
wait $other 2> /dev/null || true
"$tally" plugin list --data "$folder/data"
