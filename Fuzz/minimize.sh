#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Fuzz/minimize.sh [TARGET...]: of what the last `make fuzz` found, adds to Fuzz/Corpus the fewest inputs that
# reach what the kept ones do not; the shortest are taken first.
set -euo pipefail
cd "$(dirname "$0")/.."
fuzz=.build-fuzz/debug/tally-fuzz
found=.build-fuzz/corpus
export SWIFT_BACKTRACE=enable=no

for target in ${@:-$("$fuzz" list)}; do
    "$fuzz" "$target" -merge=1 -max_len=4096 "Fuzz/Corpus/$target" "$found/$target" >".build-fuzz/$target.merge.log" 2>&1
    echo "$target: $(ls "Fuzz/Corpus/$target" | wc -l) inputs, $(du -sk "Fuzz/Corpus/$target" | cut -f1) KiB"
done
