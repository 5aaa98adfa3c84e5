#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What clients notice of a dead hub, a dead worker, a reload and an upgrade, with many viewers.
# Two workers; the load and the server share the machine, so the figures are what both cost.
set -euo pipefail
cd "$(dirname "$0")/.."
make build >/dev/null
tally=$PWD/.build/release/tally
viewers=${VIEWERS:-10000}
folder=$(mktemp -d)
ulimit -n "$(ulimit -Hn)"

# The sender of the benchmarks is one connection: it may send more than a client usually does.
printf 'core_dumps: true\nclient:\n  commands_per_second: 20000\n  command_burst: 20000\n  publishes_per_second: 20000\n  publish_burst: 20000\n  maximum_pending_commands: 20000\n' \
    > "$folder/tally.yaml"
"$tally" serve --config "$folder/tally.yaml" --listen 127.0.0.1:0 --workers 2 --data "$folder" \
    2> "$folder/log" &
supervisor=$!
trap 'kill -INT $supervisor 2>/dev/null; wait $supervisor 2>/dev/null || true; rm -rf "$folder"' EXIT
until "$tally" status --data "$folder" --json 2>/dev/null | grep -q '"phase":"serving".*"phase":"serving".*"phase":"serving"'; do
    sleep 0.05
done

pid_of() { # role index
    "$tally" status --data "$folder" --json | python3 -c 'import json, sys
for process in json.load(sys.stdin)["processes"]:
    if (process["role"], process["index"]) == (sys.argv[1], int(sys.argv[2])): print(process["pid"])' "$1" "$2"
}

now() { date +%s%N; }

"$tally" stream start show --data "$folder" > /dev/null

echo "== acknowledgements at 5,000 comments a second, one sender, one viewer"
"$tally" bench comments --data "$folder" --stream fast --viewers 1 --rate 5000 --seconds 10

echo "== from the hub's death to an acknowledgement, five times"
for run in 1 2 3 4 5; do
    kill -KILL "$(pid_of hub 0)"
    start=$(now)
    "$tally" say show "run $run" --data "$folder" > /dev/null
    echo "$(( ($(now) - start) / 1000000 )) ms, the start of the command included"
    sleep 3 # so that it has lived long enough to be restarted at once
done

echo "== a worker of $viewers viewers dies"
"$tally" bench idle --data "$folder" --stream show --viewers "$viewers" --hold 20 > "$folder/idle" &
bench=$!
sleep 12
kill -KILL "$(pid_of worker 0)"
wait $bench
tail -2 "$folder/idle"

for command in reload upgrade; do
    echo "== $command with $viewers viewers, and 100 comments a second to 20 more"
    "$tally" bench idle --data "$folder" --stream show --viewers "$viewers" --hold 25 \
        > "$folder/idle" &
    bench=$!
    sleep 12
    "$tally" bench comments --data "$folder" --stream "busy-$command" --viewers 20 --rate 100 \
        --seconds 10 &
    comments=$!
    sleep 3
    "$tally" "$command" --data "$folder"
    wait $comments
    wait $bench
    tail -2 "$folder/idle" | head -1
done
