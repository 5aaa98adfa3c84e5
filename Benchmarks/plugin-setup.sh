# SPDX-License-Identifier: Apache-2.0
# For the benchmarks of plugins: sourced by them, after `set -euo pipefail`, from the repository's folder.
make build > /dev/null
tally=$PWD/.build/release/tally
folder=$(mktemp -d)
supervisor=

# The sender of the benchmarks is one connection: it may send more than a client usually does.
write_manifest() { # plugins, as YAML's list
    cat > "$folder/tally.yaml" <<EOF
client:
  commands_per_second: 20000
  command_burst: 20000
  publishes_per_second: 20000
  publish_burst: 20000
  maximum_pending_commands: 20000
supervisor:
  heartbeat_timeout: 2s
plugins: [$1]
EOF
}

# A crash-test of another name: its comment hook counts, looks at the text and allows.
build_plugin() { # name, further lines of its manifest
    cc -O2 -shared -fPIC -D_GNU_SOURCE -DCRASH_TEST_NAME="\"$1\"" \
        -ISources/CTallyPlugin/include -IPlugins/CrashTest/include \
        Plugins/CrashTest/*.c Plugins/CrashTest/Entry/entry.c -o "$folder/lib$1.so" -ljansson
    printf 'name: %s\nlibrary: lib%s.so\nhooks: [comment]\nstop_timeout: 1s\n%s\n' "$1" "$1" "${2:-}" > "$folder/$1.yaml"
}

serve() { # workers
    "$tally" serve --config "$folder/tally.yaml" --listen 127.0.0.1:0 --workers "$1" \
        --data "$folder/data" 2> "$folder/log" &
    supervisor=$!
    until [ "$("$tally" status --data "$folder/data" --json 2> /dev/null \
        | grep -o '"phase":"serving"' | wc -l)" = $(($1 + 2)) ]; do
        kill -0 $supervisor || { cat "$folder/log" >&2; exit 1; }
        sleep 0.05
    done
}

stop() {
    [ -z "$supervisor" ] && return
    kill -INT "$supervisor" 2> /dev/null || true
    wait "$supervisor" 2> /dev/null || true
    supervisor=
    rm -rf "$folder/data"
}

trap 'stop; rm -rf "$folder"' EXIT

now() { date +%s%N; }
