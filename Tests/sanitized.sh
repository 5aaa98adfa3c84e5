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
# CheckerProofTests loads a library of its own before the server's, where the sanitizer's must come first;
# PluginDeathTests wants the names of functions that the sanitizer puts its own in place of.
skipped=(--skip CheckerProofTests --skip PluginDeathTests)
# What is found in a process that a test starts, and that another takes the place of, would else go unseen.
reports=$PWD/$folder/reports
rm -rf "$reports"
mkdir -p "$reports"

case $sanitizer in
# What is asked for once and kept until the process ends is no leak that anyone suffers from; and a
# checker that lists such things in every process that a test kills hides what matters.
address) export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:disable_coredump=1:suppressions=$PWD/Tests/asan.supp:log_path=$reports/asan ;;
thread)
    # A process goes on as ever with what was found: one run finds all.
    export TSAN_OPTIONS=exitcode=0:second_deadlock_stack=1:suppressions=$PWD/Tests/tsan.supp:log_path=$reports/tsan
    # The sanitizer holds a signal back until the thread calls something, which an endless loop never does:
    # where it loops stays unknown.
    skipped+=(--skip othersNoticeNothingAndTheThirdDeathEndsIt)
    # It loads a bundled plugin in Swift, which wants __tsan_ignore_thread_begin: the program has it, and does
    # not show it to libraries.
    skipped+=(--skip writesAPluginInSwift)
    # For an inout argument of a type without size Swift 6.3 has the sanitizer look at an address that is none:
    # what Swift says of inout arguments goes to nobody. Reads and writes themselves are seen as ever.
    clang -xc -c -fPIC -o "$folder/inout.o" - <<'CODE'
void __wrap___tsan_external_write(void *address, void *caller, void *tag) {}
CODE
    flags=(-Xlinker --wrap=__tsan_external_write -Xlinker "$PWD/$folder/inout.o")
    ;;
*)
    echo "usage: $0 address|thread [FLAGS OF swift test]" >&2
    exit 64
    ;;
esac
# Swift's own crash report would come before the sanitizer's.
export SWIFT_BACKTRACE=enable=no

swift build --build-tests --sanitize="$sanitizer" --scratch-path "$folder" "${flags[@]}"
status=0
swift test --skip-build --sanitize="$sanitizer" --scratch-path "$folder" "${flags[@]}" \
    "${skipped[@]}" "$@" || status=$?

# The crash-test plugin crashes because a test tells it to.
mapfile -t found < <(grep -rL crash_test "$reports")
if [ ${#found[@]} -gt 0 ]; then
    head -n 60 "${found[@]}" >&2
    echo "the sanitizer found something in ${#found[@]} processes: ${found[*]}" >&2
    exit 1
fi
exit "$status"
