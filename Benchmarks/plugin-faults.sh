#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What it costs when a plugin kills a worker, three times: how long until the worker serves again, until
# the quarantine, and what viewers of 20 comments a second notice. Three workers.
set -euo pipefail
cd "$(dirname "$0")/.."
. Benchmarks/plugin-setup.sh
viewers=${VIEWERS:-300}

build_plugin crash-test
deaths() {
    "$tally" plugin list --data "$folder/data" --json | grep -o '"deaths":[0-9]*' | cut -d: -f2
}
serving() {
    "$tally" status --data "$folder/data" --json | grep -o '"phase":"serving"' | wc -l
}

for word in ${FAULTS:-null abort overflow thread loop block}; do
    echo "== $word"
    write_manifest "crash-test.yaml"
    serve 3
    "$tally" stream start show --data "$folder/data" > /dev/null
    "$tally" bench comments --data "$folder/data" --stream show --viewers "$viewers" --rate 20 \
        --seconds 30 > "$folder/bench" 2>&1 &
    bench=$!
    sleep 5
    for strike in 1 2 3; do
        start=$(now)
        # Its connection dies with the worker; asked again, it would kill the next one.
        timeout 1 "$tally" say show "!$word" --data "$folder/data" > /dev/null 2>&1 || true
        until [ "$(deaths)" -ge $strike ]; do sleep 0.02; done
        dead=$(now)
        until [ "$(serving)" = 5 ]; do sleep 0.02; done
        echo "death $strike: known after $(((dead - start) / 1000000)) ms, all serve after $((($(now) - dead) / 1000000)) ms more"
    done
    until "$tally" plugin list --data "$folder/data" --json | grep -q '"workers":0'; do sleep 0.05; done
    echo "no worker has it $((($(now) - dead) / 1000000)) ms after the third death"
    wait $bench || true
    cat "$folder/bench"
    grep -E "plugin killed a worker|plugin quarantined" "$folder/log" | sed 's/^[^ ]* //'
    stop
done
