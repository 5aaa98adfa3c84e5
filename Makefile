# SPDX-License-Identifier: Apache-2.0
#
# `make run` and `make test` work on a fresh Debian 12 that has only a Swift toolchain: what is
# missing is installed, what is there is left alone.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

ADDRESS ?= 127.0.0.1:8000
# More flags for `tally serve`, such as ARGS="--workers 4".
ARGS ?=
# `make chaos`: how long, and which random choices; without a seed new ones, which are printed. Not
# bash's own SECONDS, which only counts: what make was given.
SEED ?=
CHAOS_SECONDS := $(if $(filter command line environment,$(origin SECONDS)),$(SECONDS),60)
# More flags for `tally-chaos`, such as CHAOS_ARGS="--faults kill-hub,reload --keep".
CHAOS_ARGS ?=

# More flags for `swift test` in `make asan` and `make tsan`.
SANITIZED_TESTS ?=

# `make fuzz`: how long each parser, and which of them; without names all.
FUZZ_SECONDS ?= 600
FUZZ_TARGETS ?=

# `make bench`: which scenarios (none: all), how many rounds of how long, and more flags such as
# BENCH_ARGS="--servers tally,uwebsockets".
SCENARIO ?=
ROUNDS ?= 3
BENCH_SECONDS := $(if $(filter command line environment,$(origin SECONDS)),$(SECONDS),4)
BENCH_ARGS ?=

BUILD_PACKAGES := pkg-config libjansson-dev libicu-dev libjose-dev libsqlite3-dev libssl-dev libcurl4-openssl-dev \
	libvalijson-dev nlohmann-json3-dev zlib1g-dev binutils
SWIFT_TEST_PACKAGES := curl openssl
TEST_PACKAGES := python3-venv gcc libc6-dev chromium fonts-dejavu-core ffmpeg nginx libnginx-mod-rtmp openssl
BENCH_PACKAGES := python3-venv gcc libc6-dev nginx libnginx-mod-nchan util-linux
# What counts instructions and allocations.
COUNT_PACKAGES := valgrind gcc libc6-dev binutils python3
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

SWIFT_CODE := $(wildcard Sources Plugins Tests Fuzz Benchmarks Package.swift)
BUILT_FROM := Package.swift $(shell find Sources Plugins -type f)
TALLY ?= .build/release/tally
# The bundled plugins, by their products' names.
PLUGINS := example-c media-nginx-rtmp webhook word-filter

.PHONY: help run build test test-swift test-python chaos lint format clean bench bench-journal fuzz fuzz-short fuzz-corpus fuzz-coverage
.PHONY: asan tsan test-counts
.PHONY: swift build-packages swift-test-packages test-packages always

help: ## Say what each target does
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

run: build ## Serve a demo on 127.0.0.1:8000 (ADDRESS=, ARGS=)
	@echo "Tally: open http://$(ADDRESS)/ in a browser; Ctrl-C ends it."
	@exec $(TALLY) serve --demo --listen $(ADDRESS) $(ARGS)

build: build-packages .build/release.stamp ## Build the release binary, .build/release/tally

# A stamp, because the build leaves a binary that needs no change as old as it was. The Swift runtime
# is linked in: the binary runs where no Swift is (docs/decisions/0001-foundations.md).
.build/release.stamp: $(BUILT_FROM) $(if $(wildcard $(TALLY)),,always)
	@$(MAKE) swift
	swift build --configuration release --product tally --static-swift-stdlib
	for plugin in $(PLUGINS); do swift build --configuration release --product $$plugin; done
	@for plugin in $(PLUGINS); do \
		if readelf --dynamic .build/release/lib$$plugin.so | grep -q 'NEEDED.*libswift'; then \
			echo "lib$$plugin.so needs a Swift runtime, which the machines that serve do not have" >&2; exit 1; \
		fi; \
	done
	@touch $@

test: test-swift test-counts chaos test-python fuzz-short ## Run every test: units, end to end, chaos, a real client, a real browser, 20 s of each fuzz target

test-swift: build-packages swift-test-packages swift
	swift build --build-tests
	swift test --skip-build

test-counts: build-packages swift ## Count what a delivery costs a worker, against thresholds
	$(call install,$(COUNT_PACKAGES))
	swift build --product tally
	python3 Benchmarks/Thresholds/check.py .build/debug/tally debug

chaos: build-packages swift ## Break a running Tally at random, check its promises (SEED=, SECONDS=60)
	swift build --product tally
	swift build --product tally-chaos
	.build/debug/tally-chaos --seconds $(CHAOS_SECONDS) $(if $(SEED),--seed $(SEED)) $(CHAOS_ARGS)

test-python: build-packages test-packages swift .venv/stamp
	swift build --product tally
	for plugin in $(PLUGINS); do swift build --product $$plugin; done
	.venv/bin/pytest Tests

.venv/stamp: Tests/requirements.txt
	python3 -m venv --clear .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

fuzz: build-packages swift ## Fuzz every parser (FUZZ_SECONDS=600 each, FUZZ_TARGETS="http-request json")
	Fuzz/run.sh $(FUZZ_SECONDS) $(FUZZ_TARGETS)

# In `make test`: what a change breaks at once, from the corpora.
fuzz-short:
	@$(MAKE) fuzz FUZZ_SECONDS=20

fuzz-corpus: build-packages swift ## Add to the kept corpora what fuzzing found that reaches more
	Fuzz/minimize.sh

fuzz-coverage: build-packages swift ## Say which lines of the parsers the corpora reach
	Fuzz/coverage.sh

bench-journal: build-packages swift ## Measure the hub with its journal, on one core
	swift build --configuration release --product JournalBenchmark
	taskset --cpu-list 0 .build/release/JournalBenchmark .build

# Folders of their own: a sanitizer changes every object file. SANITIZED_TESTS="--filter HTTPTests" runs a part.
asan: build-packages swift ## Run the Swift tests under AddressSanitizer
	Tests/sanitized.sh address $(SANITIZED_TESTS)

tsan: build-packages swift ## Run the Swift tests under ThreadSanitizer
	Tests/sanitized.sh thread $(SANITIZED_TESTS)

bench: build-packages ## Measure Tally beside its peers (SCENARIO=quiet, ROUNDS=3, SECONDS=4, TALLY=)
	$(call install,$(BENCH_PACKAGES))
	@[ "$(TALLY)" != .build/release/tally ] || $(MAKE) build
	@$(MAKE) .build/bench/venv/stamp
	@.build/bench/venv/bin/python Benchmarks/compare.py --tally $(TALLY) --rounds $(ROUNDS) \
		--seconds $(BENCH_SECONDS) $(BENCH_ARGS) $(SCENARIO)

.build/bench/venv/stamp: Benchmarks/requirements.txt
	python3 -m venv --clear .build/bench/venv
	.build/bench/venv/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

lint: swift ## Check the format of the Swift code and the licence line of every file
	swift format lint --strict --parallel --recursive $(SWIFT_CODE)
	@missing=$$(git ls-files '*.swift' '*.c' '*.cpp' '*.h' '*.js' '*.css' '*.html' '*.py' '*.sh' '*.yaml' \
		'*.conf' '*.ini' '*.map' '*.service' '*.supp' Makefile .ci/run \
		| xargs grep -L 'SPDX-License-Identifier: Apache-2.0' || true); \
	if [ -n "$$missing" ]; then echo "no licence line in:" $$missing >&2; exit 1; fi

format: swift ## Format the Swift code
	swift format --in-place --parallel --recursive $(SWIFT_CODE)

clean: ## Remove what was built
	rm -rf .build .build-* .venv

always:

swift:
	@version=$$(swift --version 2>/dev/null | grep -oE 'Swift version [0-9]+\.[0-9]+' || true); \
	version=$${version##* }; \
	if [ -z "$$version" ]; then \
		echo "Tally needs Swift 6.3 or later, and there is no swift on the PATH: see swift.org/install" >&2; \
		exit 1; \
	elif [ "$$(printf '6.3\n%s\n' "$$version" | sort -V | head -n 1)" != 6.3 ]; then \
		echo "Tally needs Swift 6.3 or later; this is Swift $$version" >&2; \
		exit 1; \
	fi

# $(call install,PACKAGES): only what is missing, so that it costs nothing the second time.
define install
	@missing=(); \
	if command -v dpkg-query > /dev/null; then \
		for package in $(1); do \
			[[ "$$(dpkg-query --show --showformat '$${Status}' $$package 2> /dev/null)" == *' installed' ]] \
				|| missing+=($$package); \
		done; \
	else \
		echo "not a Debian system: make sure that it has the like of $(1)" >&2; \
	fi; \
	if [ $${#missing[@]} -gt 0 ]; then \
		echo "Installing $${missing[*]}"; \
		$(SUDO) apt-get update -qq; \
		$(SUDO) env DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends "$${missing[@]}" > /dev/null; \
	fi
endef

build-packages:
	$(call install,$(BUILD_PACKAGES))

swift-test-packages:
	$(call install,$(SWIFT_TEST_PACKAGES))

test-packages:
	$(call install,$(TEST_PACKAGES))
