#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# TLS: handshakes a second on one core, full and resumed, and what an idle viewer costs.
#
# One worker, pinned to the first core; the clients have the others. What is counted is the worker's
# CPU time by the kernel's account, so the clients need not be faster than it is.
set -euo pipefail
cd "$(dirname "$0")/.."
# TALLY: another binary than the release build, to try this script.
[ -n "${TALLY:-}" ] || make build > /dev/null
tally=${TALLY:-$PWD/.build/release/tally}
seconds=${SECONDS_EACH:-10}
viewers=${VIEWERS:-5000}
folder=$(mktemp -d)
ulimit -n "$(ulimit -Hn)"
cores=$(nproc)
others=$([ "$cores" -gt 1 ] && echo "1-$((cores - 1))" || echo 0)

certificate() { # name, arguments of a new key
    local name=$1
    shift
    openssl req -x509 -newkey "$@" -nodes -keyout "$folder/$name.key" -out "$folder/$name.pem" \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -days 2 2> /dev/null
}
certificate ecdsa ec -pkeyopt ec_paramgen_curve:P-256
certificate rsa rsa:2048

# A program, since taskset runs no function.
printf '#!/bin/sh\nexec openssl s_time -connect "127.0.0.1:$PORT" -time "$SECONDS_EACH" "$@"\n' > "$folder/s_time"
chmod +x "$folder/s_time"
export PATH="$folder:$PATH" SECONDS_EACH="$seconds"

supervisor=
finish() {
    [ -z "$supervisor" ] || kill -INT "$supervisor" 2> /dev/null || true
    wait 2> /dev/null || true
}
trap 'finish; rm -rf "$folder"' EXIT

serve() { # certificate
    finish
    rm -rf "$folder/data"
    printf 'tls: {certificates: ["%s.pem:%s.key"]}\ncore_dumps: true\n' "$folder/$1" "$folder/$1" \
        > "$folder/tally.yaml"
    "$tally" serve --config "$folder/tally.yaml" --listen '127.0.0.1:0 tls' --workers 1 \
        --data "$folder/data" 2> "$folder/log" &
    supervisor=$!
    until "$tally" status --data "$folder/data" --json 2> /dev/null \
        | grep -q '"phase":"serving".*"phase":"serving".*"phase":"serving"'; do sleep 0.05; done
    port=$(sed -n 's/.*listening address=127.0.0.1:\([0-9]*\).*/\1/p' "$folder/log" | head -n 1)
    export PORT=$port
    worker=$("$tally" status --data "$folder/data" --json | python3 -c 'import json, sys
print([p["pid"] for p in json.load(sys.stdin)["processes"] if p["role"] == "worker"][0])')
    taskset --cpu-list --pid 0 "$worker" > /dev/null
}

cpu_ticks() { awk '{ print $14 + $15 }' "/proc/$worker/stat"; }
counter() {
    "$tally" status --data "$folder/data" --json | python3 -c 'import json, sys
print(sum(p["counters"].get(sys.argv[1], 0) for p in json.load(sys.stdin)["processes"]))' "$1"
}

# Connects again and again with the session of the first connection; s_time cannot for TLS 1.3, whose
# tickets come behind the handshake.
cat > "$folder/resume.py" << 'PYTHON'
import socket, ssl, sys, time
host, port, seconds = "localhost", int(sys.argv[1]), float(sys.argv[2])
context = ssl.create_default_context(cafile=sys.argv[3])
def connect(session=None):
    plain = socket.create_connection(("127.0.0.1", port))
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return context.wrap_socket(plain, server_hostname=host, session=session)
first = connect()
first.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
first.recv(4096)
end = time.monotonic() + seconds
while time.monotonic() < end:
    connect(first.session).close()
PYTHON

measure() { # label, a command that connects
    local label=$1 before after handshakes resumed ticks
    shift
    # The worker publishes its counters five times a second.
    sleep 1
    handshakes=$(counter tls_handshakes) resumed=$(counter tls_resumptions) before=$(cpu_ticks)
    taskset --cpu-list "$others" "$@" > "$folder/client" 2>&1 || { cat "$folder/client" >&2; exit 1; }
    sleep 1
    after=$(cpu_ticks)
    ticks=$((after - before))
    handshakes=$(($(counter tls_handshakes) - handshakes)) resumed=$(($(counter tls_resumptions) - resumed))
    python3 -c 'import os, sys
label, count, resumed, ticks = sys.argv[1], *map(int, sys.argv[2:])
cpu = ticks / os.sysconf("SC_CLK_TCK")
print(f"{label}: {count} handshakes, {resumed} resumed, {count / cpu if cpu else 0:.0f} a second of CPU")' \
        "$label" "$handshakes" "$resumed" "$ticks"
}

for kind in ecdsa rsa; do
    serve "$kind"
    measure "$kind, TLS 1.3, full" s_time -new -tls1_3
    measure "$kind, TLS 1.3, resumed" python3 "$folder/resume.py" "$port" "$seconds" "$folder/$kind.pem"
    measure "$kind, TLS 1.2, full" s_time -new -tls1_2
    measure "$kind, TLS 1.2, resumed" s_time -reuse -tls1_2
done

echo "== memory of $viewers idle viewers over TLS, then over plain TCP"
serve ecdsa
"$tally" bench idle --data "$folder/data" --url "wss://127.0.0.1:$port" --ca "$folder/ecdsa.pem" \
    --viewers "$viewers"
finish
rm -rf "$folder/data"
"$tally" serve --config "$folder/tally.yaml" --listen 127.0.0.1:0 --workers 1 \
    --data "$folder/data" 2> "$folder/log" &
supervisor=$!
until "$tally" status --data "$folder/data" > /dev/null 2>&1; do sleep 0.1; done
sleep 2
"$tally" bench idle --data "$folder/data" --viewers "$viewers"

echo "== what OpenSSL keeps for each of them, and where"
cc -O2 Benchmarks/tls-memory.c -o "$folder/tls-memory" -lssl -lcrypto
"$folder/tls-memory" "$folder/ecdsa.pem" "$folder/ecdsa.key"
"$folder/tls-memory" "$folder/ecdsa.pem" "$folder/ecdsa.key" 1.2 | head -n 1
