#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From `make run` on a built tree to the first answer on its port, five times; and the memory of
# each process at rest.
set -euo pipefail
cd "$(dirname "$0")/.."
make build >/dev/null
runs=${RUNS:-5}
port=${PORT:-18700}

# Others of the same user may look at the memory only then.
export TALLY_CORE_DUMPS=true

now() { date +%s%N; }

for run in $(seq "$runs"); do
    folder=$(mktemp -d)
    start=$(now)
    make run ADDRESS="127.0.0.1:$port" ARGS="--data $folder" >"$folder/out" 2>&1 &
    make_pid=$!
    until curl --silent --fail --output /dev/null "http://127.0.0.1:$port/health"; do :; done
    echo "run $run: $(( ($(now) - start) / 1000000 )) ms from make run to the first answer"
    if [ "$run" = "$runs" ]; then
        sleep 2 # at rest: past what the start itself did
        .build/release/tally status --data "$folder" --json \
            | python3 -c 'import json, sys
for process in json.load(sys.stdin)["processes"]:
    fields = {}
    for line in open("/proc/%d/smaps_rollup" % process["pid"]):
        words = line.split()
        if words[-1] == "kB": fields[words[0].rstrip(":")] = int(words[1])
    private = fields["Private_Clean"] + fields["Private_Dirty"]
    print("%s %d: %d KiB private, %d KiB resident" % (
        process["role"], process["index"], private, fields["Rss"]))'
    fi
    supervisor=$(.build/release/tally status --data "$folder" --json \
        | python3 -c 'import json, sys; print(json.load(sys.stdin)["processes"][0]["pid"])')
    kill -INT "$supervisor"
    wait "$make_pid" || true
    rm -rf "$folder"
done
