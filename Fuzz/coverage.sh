#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Fuzz/coverage.sh: runs every corpus once through a build that counts lines, and prints which share of each
# parser's files they reach. FUZZ_SHOW=FILE prints that file with its counts.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=.build-fuzz-coverage

TALLY_FUZZ=1 swift build --scratch-path "$folder" --product tally-fuzz \
    -Xswiftc -sanitize=fuzzer -Xswiftc -enable-testing \
    -Xswiftc -profile-generate -Xswiftc -profile-coverage-mapping
fuzz=$folder/debug/tally-fuzz
for target in $("$fuzz" list); do
    found=.build-fuzz/corpus/$target
    [ -d "$found" ] || found=
    LLVM_PROFILE_FILE=$folder/$target.profraw \
        "$fuzz" "$target" -runs=0 "Fuzz/Corpus/$target" $found >"$folder/$target.log" 2>&1
done
llvm-profdata merge -sparse "$folder"/*.profraw -o "$folder/all.profdata"
if [ -n "${FUZZ_SHOW:-}" ]; then
    exec llvm-cov show "$fuzz" -instr-profile "$folder/all.profdata" "$FUZZ_SHOW"
fi
llvm-cov report "$fuzz" -instr-profile "$folder/all.profdata" \
    Sources/HTTP Sources/WebSocket Sources/JSON Sources/ClientProtocol Sources/Tokens \
    Sources/HubLink Sources/Manifest/Reading Sources/Worker/Handover Sources/Journal
