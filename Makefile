# Two commands set everything up: `make run` and `make test`. Both install the Debian packages that are missing.

BUILD_FLAGS := --explicit-target-dependency-import-check error
# Overlapping access is checked where the tests run, in debug builds; in release it would cost each request, the event
# loop's packages included, some 3 % of its processor time. Bounds and overflow are checked in both.
RELEASE_FLAGS := -c release --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked
RELEASE := swift build $(RELEASE_FLAGS) --product lintel
PACKAGES := $(shell awk '$$1 == "build" { print $$2 }' docker/apt-packages.txt)

.PHONY: run test build lint bench fuzz schemathesis docs-assets format packages

## run: build the release and start the example: three services and the gateway in front of them
run: build
	.build/release/lintel demo --routes routes

## build: the release executable, .build/release/lintel
build: packages
	$(RELEASE) $(BUILD_FLAGS)

## test: everything, over real sockets; the release executable is part of it. One test at a time: long computations of
## some would keep every thread from others, whose peers wait in real time.
test: build
	swift test $(BUILD_FLAGS) --no-parallel

## lint: the formatting, and the example's documents and settings
lint: build
	swift format lint --strict --recursive --parallel Package.swift Sources Tests
	.build/release/lintel check --routes routes
	.build/release/lintel lint specs --fail-severity warn

## bench: Lintel beside nginx, HAProxy and Envoy, one table
bench: build
	swift build $(RELEASE_FLAGS) --product RouterBenchmark $(BUILD_FLAGS)
	swift build $(RELEASE_FLAGS) --product EngineBenchmark $(BUILD_FLAGS)
	swift build $(RELEASE_FLAGS) --product CacheBenchmark $(BUILD_FLAGS)
	python3 Tests/Benchmarks/bench.py

## fuzz: one target of Tests/Fuzzing for some seconds; without TARGET their names
SECONDS := 600
fuzz: packages
	python3 Tests/Fuzzing/fuzz.py $(if $(TARGET),$(TARGET) $(if $(REPLAY),replay $(REPLAY),$(SECONDS)))

## docs-assets: the files of Swagger UI and Redoc for /docs/swagger and /docs/redoc, pinned by their hash
docs-assets:
	python3 docker/docs-assets.py docs-assets

## schemathesis: five seeds of all its checks against the example, through the gateway
schemathesis: build
	python3 Tests/Schemathesis/shop.py

## format: rewrite the sources in the project's format
format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests

# Only what is missing is installed, so that a second run needs no network.
packages:
	@missing=""; \
	for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "installing Debian packages:$$missing"; \
	  if [ "$$(id -u)" = 0 ]; then sudo=""; else sudo=sudo; fi; \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends $$missing; \
	fi
