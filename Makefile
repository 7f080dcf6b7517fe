# CallDesk: the menu. `make` alone prints it.
SHELL := /bin/bash
CONFIG ?= calldesk.yaml

MINUTES ?= 10
ROUNDS ?= 20000
SECONDS_EACH ?= 60

.PHONY: menu packages test-packages build release demo test end-to-end lint format bench torture fuzz sanitize clean

menu:
	@echo 'make demo        everything on loopback: simulated PBX, mail and SMS sinks, a call within seconds'
	@echo 'make test        the whole suite, with the real servers it needs (Asterisk, Kannel, Postfix, PostgreSQL, Chromium)'
	@echo 'make build       debug build            make release   optimised build (.build/release/calldesk)'
	@echo 'make lint        swift-format, strict   make format    apply it'
	@echo 'make bench       measure: line, store, HTTP, notices (figures belong in docs/performance.md)'
	@echo 'make torture     kills the service, its databases and its PBX under load: MINUTES=10, SEED=…'
	@echo 'make fuzz        long runs of the mutants, of libFuzzer on every decoder, of schemathesis: ROUNDS=20000, SECONDS_EACH=60'
	@echo 'make sanitize    the Swift tests under Address and Thread Sanitizer'
	@echo 'make packages    only install the Debian packages that a build needs'

packages:
	@scripts/install-packages build

test-packages:
	@scripts/install-packages build test

build: packages
	swift build

release: packages
	swift build -c release --product calldesk

demo: release
	.build/release/calldesk demo

test: test-packages
	scripts/test

lint:
	swift format lint --strict --recursive Sources Tests Package.swift

format:
	swift format --in-place --recursive Sources Tests Package.swift

bench: test-packages
	scripts/bench

torture: test-packages
	swift build --product calldesk
	Tests/Torture/torture.py $(MINUTES) $(if $(SEED),--seed $(SEED))

fuzz: test-packages
	CALLDESK_FUZZ_ROUNDS=$(ROUNDS) swift test --no-parallel --filter FuzzTests
	scripts/fuzz-decoders $(SECONDS_EACH)
	swift build --product calldesk
	Tests/Torture/schemas.py --examples 200 --engine sqlite
	Tests/Torture/schemas.py --examples 200 --engine postgres

sanitize: test-packages
	scripts/sanitize

clean:
	swift package clean
