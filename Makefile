# CallDesk: the menu. `make` alone prints it.
SHELL := /bin/bash
CONFIG ?= calldesk.yaml

.PHONY: menu packages test-packages build release demo test end-to-end lint format bench clean

menu:
	@echo 'make demo        everything on loopback: simulated PBX, mail and SMS sinks, a call within seconds'
	@echo 'make test        the whole suite, with the real servers it needs (Asterisk, Kannel, Postfix, PostgreSQL, Chromium)'
	@echo 'make build       debug build            make release   optimised build (.build/release/calldesk)'
	@echo 'make lint        swift-format, strict   make format    apply it'
	@echo 'make bench       measure: line, store, HTTP, notices (figures belong in docs/performance.md)'
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

clean:
	swift package clean
