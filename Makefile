# The words of the project. CI says the same ones: .ci/run is `make test`.

PORT ?= 8080
SEEDS ?= 20000
FUZZTIME ?= 30s
VERSION := $(or $(shell git describe --tags --dirty --match 'v[0-9]*' 2>/dev/null | sed 's/^v//'),0.2.0-dev)
BIOME := test/browser/node_modules/.bin/biome
# What the browser build is made of; the rest of component/ is built for the host as well.
BROWSER_PACKAGES := ./component/wasm/... ./component/view/... ./component/driver/...

export CGO_ENABLED := 1
# SQLite syncs by fdatasync only where it is told that there is one it can trust. Linux has; without it a commit also waits
# for the times of the file, which nobody reads.
ifeq ($(shell uname -s),Linux)
export CGO_CFLAGS ?= -O2 -g -DHAVE_FDATASYNC=1
endif

.DEFAULT_GOAL := help
.PHONY: help demo test lint fmt build wasm test-shrink npm examples sim mutants fuzz bench bench-load bench-ui screens test-go test-js test-browser test-packages lint-go lint-js lint-package need-build need-node package-tools

help: ## Say what each word does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: MODULE := -draft
demo: build ## Build everything and serve the demo on http://127.0.0.1:8080 (PORT= changes it)
	@exec bin/hallway serve --demo --addr 127.0.0.1:$(PORT)

test: lint-js test-js test-go lint-go lint-package test-browser ## Run every check and test, real browser included

lint: lint-go lint-js ## Check Go (host and browser build) and JavaScript

fmt: need-node ## Format Go and JavaScript
	gofmt -w $$(git ls-files -co --exclude-standard '*.go')
	$(BIOME) check --write

# The relay's packages are compiled beside the module: SQLite, in C, takes most of the time at first.
build: need-build ## Build the relay, demo included: bin/hallway
	@echo 'Building the module and, beside it, the packages of the relay. The first time takes minutes: SQLite is C.'
	@go build -trimpath ./store/sqlite ./relay/server & beside=$$!; \
	go run ./component/build -out dist $(MODULE); code=$$?; wait $$beside && exit $$code
	@echo 'Linking the relay.'
	@go build -trimpath -ldflags '-X main.version=$(VERSION)' -o bin/hallway ./relay

wasm: need-build ## Build what the npm package ships: dist/
	go run ./component/build -out dist

test-shrink: need-node ## Compare programs made smaller with the same programs as they are (SHRINK=-speed measures them, too)
	@go run ./test/shrink $(SHRINK)

# To publish: docs/RELEASING.md. It is the folder that is published, which asks whose the name is, not the packed file.
npm: wasm need-node ## Pack the npm package: dist-npm/hallway-chat-*.tgz
	mkdir -p dist-npm
	npm pack --pack-destination dist-npm

sim: ## Run 20,000 seeds of the simulation (SEEDS= another number; SEED=n replays one with a trace)
	@go run ./test/simulation/cmd -seeds $(SEEDS) $(if $(SEED),-seed $(SEED))

mutants: ## Plant known faults, one at a time, and show that each is caught
	@go run ./test/mutants

fuzz: need-build ## Run every fuzz target, one after another (FUZZTIME=30s for each)
	@for target in $$(git grep -o '^func Fuzz[A-Za-z]*' -- '*_test.go' | sed 's/:func /:/'); do \
	echo "$$target" && go test -run '^$$' -fuzz "^$${target#*:}$$" -fuzztime $(FUZZTIME) "./$$(dirname "$${target%%:*}")" || exit 1; done

bench: build ## Measure the relay beside its limits (BENCH=name for one, QUICK=1 in small)
	go build -o bin/bench ./test/bench
	@exec bin/bench

examples: build package-tools ## Start the organizer's and the participants' frontend with a relay
	@exec node test/packages/examples.js

test-packages: build package-tools ## Publish the package in a registry on loopback; test it in frontends, two versions and bundlers
	node test/packages/prepare.js
	@CHROMIUM=$$(test/browser/chromium.sh) && export CHROMIUM && test/browser/node_modules/.bin/playwright test -c test/packages/playwright.config.js

bench-load: build need-node ## Time a chat from its element to a composer one can write in
	@CHROMIUM=$$(test/browser/chromium.sh) && export CHROMIUM && node test/browser/bench-load.js

bench-ui: build need-node ## Time what the log draws: appends, frames, memory over 100,000 messages (UI_MESSAGES= for fewer)
	@CHROMIUM=$$(test/browser/chromium.sh) && export CHROMIUM && node test/browser/bench-ui.js

screens: build need-node ## Take the pictures of docs/screens anew
	@CHROMIUM=$$(test/browser/chromium.sh) && export CHROMIUM && node test/browser/screens.js

# The parts of `make test`.

test-go: wasm
	@unformatted=$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l) && \
	if [ -n "$$unformatted" ]; then echo "not formatted, run make fmt:" $$unformatted >&2; exit 1; fi
	go vet ./...
	go test -race ./...

lint-go: need-build
	go build -modfile=test/lint/go.mod -o bin/lint/ tool
	bin/lint/golangci-lint run ./...
	GOOS=js GOARCH=wasm CGO_ENABLED=0 bin/lint/golangci-lint run $(BROWSER_PACKAGES)

lint-js: need-node
	$(BIOME) check

# The package as its users' tools see it; ES modules only, so what only CommonJS lacks does not count.
lint-package: wasm test/lint/node_modules/.package-lock.json
	test/lint/node_modules/.bin/publint --strict .
	test/lint/node_modules/.bin/attw --pack . --profile esm-only --exclude-entrypoints ./chat.wasm ./custom-elements.json

test-js: need-node
	node --test --test-reporter=spec component/element/*.test.js test/examples/*.test.js

test-browser: build need-node
	@CHROMIUM=$$(test/browser/chromium.sh) && export CHROMIUM && cd test/browser && node_modules/.bin/playwright test

# What the words above need.

need-build:
	@test/tools.sh go cc

need-node: test/browser/node_modules/.package-lock.json
	@test/tools.sh node npm

package-tools: need-node test/packages/node_modules/.package-lock.json

%/node_modules/.package-lock.json: %/package-lock.json
	@test/tools.sh node npm
	cd $* && npm ci
	@touch $@
