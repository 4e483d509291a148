# Everything a developer does, one target each. `make` alone prints the list.
# Every target does its own set-up; nothing is written outside target/ and .cache/.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
REFMILL := $(TARGET)/release/refmill
SHARED := ../shared
CACHE := .cache
FORMATS := ris,bibtex,biblatex,csl-json,endnote-xml,jsonl

.PHONY: help run demo build servers test lint golden bench bench-queue bench-http check-http check-attacks interop \
	sbom docs clean

help: ## Print this list
	@echo "refmill: PubMed records as RIS, BibTeX, BibLaTeX, CSL-JSON, EndNote XML and JSON Lines"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Start the service on http://127.0.0.1:8080; it needs nothing else
	$(REFMILL) serve --data $(TARGET)/refmill-data

demo: build ## Convert examples/article.xml into every format and show the results
	@rm -rf $(TARGET)/demo && mkdir -p $(TARGET)/demo
	$(REFMILL) convert examples/article.xml --to $(FORMATS) --out $(TARGET)/demo
	@for file in $(TARGET)/demo/*; do printf '\n== %s ==\n' "$$file"; cat "$$file"; done

build: ## Build the program: target/release/refmill
	$(CARGO) build --locked --release --package refmill

servers: ## Install what the tests start by themselves: RabbitMQ, PostgreSQL, Chromium
	@tests/servers/install

test: servers ## Run every test; what needs ../shared says so when it is absent
	$(CARGO) build --locked --package refmill --features hooks
	$(CARGO) test --locked --workspace --features refmill/hooks --no-fail-fast

lint: ## Formatting, clippy, documentation and fences; any warning is an error
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" $(CARGO) doc --locked --workspace --no-deps
	@if $(CARGO) deny --version > /dev/null 2>&1; \
		then $(CARGO) deny --offline check bans licenses sources; \
		else echo "cargo-deny is not installed: make test checks the fences, the licences and the sources"; fi

golden: ## Rewrite the outputs of tests/golden from the inputs; review the diff
	GOLDEN=rewrite $(CARGO) test --locked --package refmill-tests --test it -- golden
	@git --no-pager diff --stat -- tests/golden

bench: ## Measure parts (criterion) and whole files, invented and real
	$(CARGO) bench --locked --package refmill-tests --bench parts
	$(CARGO) build --locked --profile dist --package refmill
	$(CARGO) run --locked --profile dist --package refmill-tests --bin whole

bench-queue: servers ## Measure jobs through RabbitMQ beside a bare loop, and how fast they are accepted
	$(CARGO) bench --locked --profile dist --package refmill-queue --bench round_trip

bench-http: build servers ## Measure the HTTP door: latency, a large upload, memory, jobs over RabbitMQ
	REFMILL_PROGRAM=$(abspath $(REFMILL)) $(CARGO) test --locked --package refmill-tests --test it -- \
		--ignored --nocapture --test-threads 1 service::bench

check-http: build ## Let schemathesis try the HTTP door, and a crowd of hostile clients
	tests/schemathesis/run $(REFMILL) $(CACHE)/schemathesis
	REFMILL_RANDOM_REQUESTS=20000 $(CARGO) test --locked --package refmill-gateway --test it -- described
	REFMILL_PROGRAM=$(abspath $(REFMILL)) REFMILL_STREAMS=10000 REFMILL_P99_MS=50 $(CARGO) test --locked \
		--package refmill-tests --test it -- --nocapture service::crowd

check-attacks: build ## Attack the program that is shipped: 10 MB of entities in a second (docs/security.md)
	REFMILL_PROGRAM=$(abspath $(REFMILL)) REFMILL_ATTACK_SECONDS=1 $(CARGO) test --locked \
		--package refmill-tests --test it -- --nocapture --test-threads 1 service::attacks

interop: build ## Let other programs read our outputs; writes docs/interop.md
	@test -d $(SHARED)/readers || { echo "$(SHARED)/readers is absent: there is nobody to read our files"; exit 1; }
	@mkdir -p $(CACHE)
	@cp -Rf $(SHARED)/readers $(SHARED)/schemas $(CACHE)/
	@chmod -R u+w $(CACHE)/readers $(CACHE)/schemas
	$(CACHE)/readers/setup
	PYTHONPATH=$(CACHE)/readers:tests PYTHONDONTWRITEBYTECODE=1 \
		$(CACHE)/readers/.env/venv/bin/python -m interop $(REFMILL) . $(CACHE)/interop

sbom: ## Write the bill of materials: target/refmill.cdx.json (CycloneDX 1.5)
	@mkdir -p $(TARGET)
	$(CARGO) run --locked --quiet --package refmill-tests --bin sbom > $(TARGET)/refmill.cdx.json
	@echo "$(TARGET)/refmill.cdx.json"

docs: build ## Build the API documentation and rewrite the pages that the program prints
	$(REFMILL) docs cli > docs/cli.md
	$(REFMILL) docs diagnostics > docs/diagnostics.md
	$(CARGO) doc --locked --workspace --no-deps
	@echo "open $(TARGET)/doc/refmill/index.html"

clean: ## Remove everything that was built, fetched or generated
	$(CARGO) clean
	rm -rf $(CACHE)
