# Shortcuts for work on the project. Using it needs only the go command.

STATICCHECK ?= go run honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME ?= 10s

# The go command leaves testdata out of ./..., and the sources of the test modules are there.
PACKAGES = ./... ./testdata/modules/src/...

.PHONY: test
test:
	go test $(PACKAGES)

.PHONY: lint
lint:
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "gofmt -w $$unformatted"; exit 1; }
	go vet $(PACKAGES)
	$(STATICCHECK) $(PACKAGES)

# Each fuzz target for FUZZTIME.
.PHONY: fuzz
fuzz:
	@for package in $$(go list $(PACKAGES)); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done; \
	done

# Rebuilds the test modules where their toolchains are, and says which still have the same bytes; and those that are made with
# the SDKs.
.PHONY: modules
modules:
	@sh testdata/modules/src/build.sh
	@sh guest/conformance/build.sh
	@sh guest/examples/build.sh

.PHONY: fixtures
fixtures:
	@sh testdata/fixtures/build.sh
	@sh testdata/broken/build.sh

# Records the digests of modules, fixtures and their sources; CI checks them.
.PHONY: digests
digests:
	go run ./testdata/modules/src/digests write
