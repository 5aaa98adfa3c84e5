#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Tests/sanitized.sh address|thread [FLAGS OF swift test]: builds everything with that sanitizer and runs the Swift
# tests; the server's processes that they start are the sanitized binary, too.
set -euo pipefail
cd "$(dirname "$0")/.."
sanitizer=$1
shift
folder=.build-$sanitizer
flags=()

case $sanitizer in
# What is asked for once and kept until the process ends is no leak that anyone suffers from; and a
# checker that lists such things in every process that a test kills hides what matters.
address) export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:disable_coredump=1:suppressions=$PWD/Tests/asan.supp ;;
thread)
    export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
    # For an inout argument of a type without size Swift 6.3 has the sanitizer look at an address that is none.
    flags=(-Xswiftc -Xfrontend -Xswiftc -disable-tsan-inout-instrumentation)
    ;;
*)
    echo "usage: $0 address|thread [FLAGS OF swift test]" >&2
    exit 64
    ;;
esac
# Swift's own crash report would come before the sanitizer's.
export SWIFT_BACKTRACE=enable=no

# CheckerProofTests loads a library of its own before the server's, where the sanitizer's must come first;
# PluginDeathTests wants the names of functions that the sanitizer puts its own in place of.
swift build --build-tests --sanitize="$sanitizer" --scratch-path "$folder" "${flags[@]}"
swift test --skip-build --sanitize="$sanitizer" --scratch-path "$folder" "${flags[@]}" \
    --skip CheckerProofTests --skip PluginDeathTests "$@"
