# The project's commands. CI runs `make test`, and then longer tests (.ci/run).

PORT ?= 8080
RELAYS ?= 3
SEEDS ?= 20000
CHECKS ?= 1000
FUZZTIME ?= 30s
VERSION := $(or $(shell git describe --tags --dirty --match 'v[0-9]*' 2>/dev/null | sed 's/^v//'),0.2.0-dev)
BIOME := test/browser/node_modules/.bin/biome
# The packages that only the browser build has; the other packages of component/ are also built for the host.
BROWSER_PACKAGES := ./component/wasm/... ./component/view/... ./component/driver/...

export CGO_ENABLED := 1
# With QPSG the plan of a statement does not depend on its parameters. Without it SQLite prepares a statement with a parameter
# after LIMIT again for each use, which takes longer than the use itself.
SQLITE_FLAGS := -DSQLITE_ENABLE_QPSG=1
# SQLite uses fdatasync only with this flag. On Linux fdatasync is reliable. Without it a commit also waits until the file's times
# are stored, which nobody reads.
ifeq ($(shell uname -s),Linux)
SQLITE_FLAGS += -DHAVE_FDATASYNC=1
endif
export CGO_CFLAGS ?= -O2 -g $(SQLITE_FLAGS)

.DEFAULT_GOAL := help
.PHONY: help demo cluster test lint fmt build wasm test-shrink npm examples sim model mutants fuzz bench bench-load bench-ui bench-e2ee screens test-go test-js test-browser test-packages test-balanced test-relays lint-go lint-js lint-package need-build need-node package-tools

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: MODULE := -draft
demo: build ## Build everything and serve the demo on http://127.0.0.1:8080 (PORT= changes it)
	@exec bin/hallway serve --demo --addr 127.0.0.1:$(PORT)

cluster: MODULE := -draft
cluster: build ## Run three relays with the demo behind a balancer, on PostgreSQL and NATS (PORT=, RELAYS=)
	@go build -o bin/cluster ./test/cluster && exec bin/cluster -port $(PORT) -relays $(RELAYS)

test: lint-js test-js test-go lint-go lint-package test-browser ## Run every check and test, real browser included

lint: lint-go lint-js ## Check Go (host and browser build) and JavaScript

fmt: need-node ## Format Go and JavaScript
	gofmt -w $$(git ls-files -co --exclude-standard '*.go')
	$(BIOME) check --write

# The relay's packages compile at the same time as the module. In a first build SQLite, which is C, takes the longest.
build: need-build ## Build the relay, demo included: bin/hallway
	@echo 'Building the browser module and the packages of the relay. The first build takes minutes, because it compiles SQLite.'
	@go build -trimpath ./store/sqlite ./relay/server & beside=$$!; \
	go run ./component/build -out dist $(MODULE); code=$$?; wait $$beside && exit $$code
	@echo 'Linking the relay.'
	@go build -trimpath -ldflags '-X main.version=$(VERSION)' -o bin/hallway ./relay

wasm: need-build ## Build what the npm package ships: dist/
	go run ./component/build -out dist

test-shrink: need-node ## Check that the steps of the build change no program's behaviour (SHRINK=-speed compares the speed, too)
	@go run ./test/shrink $(SHRINK)

# docs/RELEASING.md explains how to publish. Publish the folder, which first checks the owner of the name, and not the packed file.
npm: wasm need-node ## Pack the npm package: dist-npm/hallway-chat-*.tgz
	mkdir -p dist-npm
	npm pack --pack-destination dist-npm

sim: ## Run 20,000 seeds of the simulation of each kind: one relay, several, and both with encrypted rooms (SEEDS= another number; SEED=n replays one with a trace)
	@go run ./test/simulation/cmd -seeds $(SEEDS) $(if $(SEED),-seed $(SEED))

model: need-build ## Compare every store, and two handles on PostgreSQL, with the model in 1,000 random histories (CHECKS=)
	@test/servers/install.sh >/dev/null
	go test -race -timeout 4h -run 'Conformance' ./store/sqlite ./store/memory ./store/postgres -rapid.checks=$(CHECKS)

mutants: ## Plant known faults, one at a time, and show that a check notices each
	@go run ./test/mutants

fuzz: need-build ## Run every fuzz target, one after another (FUZZTIME=30s for each)
	@for target in $$(git grep -o '^func Fuzz[A-Za-z]*' -- '*_test.go' | sed 's/:func /:/'); do \
	echo "$$target" && go test -run '^$$' -fuzz "^$${target#*:}$$" -fuzztime $(FUZZTIME) "./$$(dirname "$${target%%:*}")" || exit 1; done

bench: build ## Measure the relay beside the limits of the machine (BENCH=name for one benchmark, QUICK=1 for a short run)
	go build -o bin/bench ./test/bench
	@exec bin/bench

examples: build package-tools ## Start the organizer's and the participants' frontend with a relay
	@exec node test/packages/examples.js

test-relays: need-build ## Run the long and strict forms of the tests of several relays; needs a quiet machine
	@test/servers/install.sh >/dev/null
	go test -count=1 -timeout 1h -v ./test/relays -quiet -hops 10000 -acts 200 -act-within 100ms

test-balanced: need-build ## Run test/compat against three relays behind a balancer, which gives each connection to the next relay
	@test/servers/install.sh >/dev/null
	@go build -o bin/balanced ./test/balanced && bin/balanced run go test -count=1 ./test/compat

test-packages: build package-tools ## Publish the package to a local registry, and test it in frontends, in two versions and with bundlers
	node test/packages/prepare.js
	@CHROMIUM=$$(test/browser/chromium.sh) && export CHROMIUM && test/browser/node_modules/.bin/playwright test -c test/packages/playwright.config.js

bench-load: build need-node ## Measure the time from a chat's element to a composer that takes text
	@CHROMIUM=$$(test/browser/chromium.sh) && export CHROMIUM && node test/browser/bench-load.js

bench-e2ee: build need-node ## Measure the ciphers of encrypted chats in Chromium against their limits
	@CHROMIUM=$$(test/browser/chromium.sh) && export CHROMIUM && node test/browser/bench-e2ee.js

bench-ui: build need-node ## Measure the log's appends, frames and memory over 100,000 messages (UI_MESSAGES= for fewer)
	@CHROMIUM=$$(test/browser/chromium.sh) && export CHROMIUM && node test/browser/bench-ui.js

screens: build need-node ## Take the pictures in docs/screens again
	@CHROMIUM=$$(test/browser/chromium.sh) && export CHROMIUM && node test/browser/screens.js

# The parts of `make test`.

test-go: wasm
	@unformatted=$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l) && \
	if [ -n "$$unformatted" ]; then echo "not formatted, run make fmt:" $$unformatted >&2; exit 1; fi
	go vet ./...
	GOOS=js GOARCH=wasm CGO_ENABLED=0 go vet ./component/...
	@test/servers/install.sh >/dev/null
	go test -race -timeout 30m ./...

lint-go: need-build
	go build -modfile=test/lint/go.mod -o bin/lint/ tool
	bin/lint/golangci-lint run ./...
	GOOS=js GOARCH=wasm CGO_ENABLED=0 bin/lint/golangci-lint run $(BROWSER_PACKAGES)

lint-js: need-node
	$(BIOME) check

# These checks are also used by the package's users. The package has only ES modules, so problems of CommonJS do not count.
lint-package: wasm test/lint/node_modules/.package-lock.json
	test/lint/node_modules/.bin/publint --strict .
	test/lint/node_modules/.bin/attw --pack . --profile esm-only --exclude-entrypoints ./chat.wasm ./custom-elements.json

test-js: need-node
	node --test --test-reporter=spec component/element/*.test.js test/examples/*.test.js

test-browser: build need-node
	@CHROMIUM=$$(test/browser/chromium.sh) && export CHROMIUM && cd test/browser && node_modules/.bin/playwright test

# The prerequisites of the commands above.

need-build:
	@test/tools.sh go cc

need-node: test/browser/node_modules/.package-lock.json
	@test/tools.sh node npm

package-tools: need-node test/packages/node_modules/.package-lock.json

%/node_modules/.package-lock.json: %/package-lock.json
	@test/tools.sh node npm
	cd $* && npm ci
	@touch $@
