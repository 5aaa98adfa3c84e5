#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Fuzz/run.sh SECONDS [TARGET...]: fuzzes each parser for that long, from its corpus, as many at once as there
# are processors, and prints how often each ran and what it reached. Fails when one crashed, hung or broke its
# promise; the input that shows it is then Fuzz/Corpus/TARGET/crash-..., to be kept there with its mend.
set -euo pipefail
cd "$(dirname "$0")/.."
export folder=.build-fuzz seconds=$1
shift

TALLY_FUZZ=1 swift build --scratch-path "$folder" --product tally-fuzz \
    -Xswiftc -sanitize=fuzzer -Xswiftc -enable-testing
export fuzz=$folder/debug/tally-fuzz
# Swift's own crash report comes before libFuzzer could save the input.
export SWIFT_BACKTRACE=enable=no

fuzz_one() {
    target=$1
    mkdir -p "$folder/corpus/$target" "Fuzz/Corpus/$target"
    log=$folder/$target.log
    if ! "$fuzz" "$target" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=1024 \
        -handle_ill=1 -handle_trap=1 -print_final_stats=1 -verbosity=1 \
        -artifact_prefix="Fuzz/Corpus/$target/" "$folder/corpus/$target" "Fuzz/Corpus/$target" \
        >"$log" 2>&1; then
        echo "$target failed; the end of $log:" >&2
        tail -n 20 "$log" >&2
        return 1
    fi
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    speed=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
    edges=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1 | cut -d' ' -f2)
    printf '%-16s %12s %12s %10s\n' "$target" "$runs" "$speed" "$edges"
}
export -f fuzz_one

printf '%-16s %12s %12s %10s\n' target executions 'per second' edges
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <("$fuzz" list)
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I '{}' bash -c 'fuzz_one {}'
