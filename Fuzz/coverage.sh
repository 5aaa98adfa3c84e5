#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Fuzz/coverage.sh: runs every corpus once through a build that counts lines, and prints how many lines of each
# parser they reach, and those that they do not. FUZZ_SHOW=FILE prints that file with its counts instead.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=.build-fuzz-coverage
# Swift's own llvm-cov: a system's may be too old for what its compiler writes.
tools=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)\/lib\/swift".*/\1\/bin/p')
export PATH=$tools:$PATH

TALLY_FUZZ=1 swift build --scratch-path "$folder" --product tally-fuzz \
    -Xswiftc -sanitize=fuzzer -Xswiftc -enable-testing \
    -Xswiftc -profile-generate -Xswiftc -profile-coverage-mapping
fuzz=$folder/debug/tally-fuzz
rm -f "$folder"/*.profraw
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

# The files of a target's parser: what only writes, or asks the system, is not among them.
files() {
    case $1 in
    http-request)
        echo Sources/HTTP/{HTTPRequestParser,RequestLine,RequestTarget,HostField,HTTPHeaders,HTTPRequest}.swift \
            Sources/HTTP/{HeaderBlock,HeaderFieldLine,LineAssembler,BodyFraming,ChunkedBodyDecoder}.swift \
            Sources/HTTP/{ByteClass,HeadError}.swift
        ;;
    http-response) echo Sources/HTTP/HTTPResponseHeadParser.swift ;;
    websocket)
        echo Sources/WebSocket/{FrameHeaderParser,MessageDecoder,MessageDecoder+Replay,UTF8Validator}.swift \
            Sources/WebSocket/{ClosePayload,CloseCode,Masking}.swift
        ;;
    command)
        echo Sources/ClientProtocol/{CommandDecoder,CommandFields,CommandError,FrameLines}.swift \
            Sources/Live/{CommandData,LiveCommand+Decode,HostCommand,StoreCommand,RevocationCommand}.swift \
            Sources/Live/{UserDisconnect,PlainText}.swift
        ;;
    json) echo Sources/JSON/{JSONDocument,JSONCursor,JSONText,JSONValue,JSONError}.swift ;;
    token)
        echo Sources/Tokens/{TokenVerifier,TokenParts,TokenHeader,ClaimsReader,Base64URL}.swift \
            Sources/Tokens/{KeyRing,TokenPolicy,StreamPatterns,TokenError}.swift
        ;;
    key-document) echo Sources/Tokens/{KeyDocument,JSONWebKey,Ed25519Key,JoseKey,KeyError}.swift ;;
    manifest)
        echo Sources/Manifest/{Reading,Values,Table,Handover}/*.swift \
            Sources/Manifest/Configuration+Consistency.swift
        ;;
    hub-link) echo Sources/HubLink/*+Link.swift Sources/HubLink/{LinkFramer,LinkReader,PublicationHandling}.swift ;;
    hand-over)
        echo Sources/Worker/Handover/{HandoverMessage,WorkerState,SessionState,PendingRequests+State}.swift
        ;;
    journal) echo Sources/Journal/{JournalRows,JournalColumns,JournalFile,JournalReader,Journal+Restore}.swift ;;
    compression) echo Sources/Compression/Inflater.swift Sources/WebSocket/DeflateOffer.swift ;;
    proxy-header) echo Sources/WebServer/Proxy/ProxyHeaderParser.swift ;;
    forwarded) echo Sources/WebServer/Proxy/ForwardedClient.swift ;;
    *)
        echo "coverage.sh knows no files of $1" >&2
        return 1
        ;;
    esac
}

printf '%-16s %8s %8s\n' target reached lines
for target in $("$fuzz" list); do
    names=$(files "$target")
    # shellcheck disable=SC2086 # one word per file
    llvm-cov export -format=lcov "$fuzz" -instr-profile "$folder/all.profdata" $names | awk -F '[:,]' -v target="$target" '
        $1 == "SF" { file = $2; sub(/.*\/Sources\//, "Sources/", file) }
        $1 == "DA" { lines++; if ($3 > 0) reached++; else missing = missing "    " file ":" $2 "\n" }
        END { printf "%-16s %8d %8d\n%s", target, reached, lines, missing }'
done
