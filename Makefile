# `make demo` shows what quench does, `make test` runs all tests. Both install
# what is missing on a Debian or Ubuntu machine that has rustup.

CARGO ?= cargo
# The folder, machine and features of `make spec` and `make wasi`.
DIR ?=
TARGET ?=
SKIP ?=
# The programs of `make real`.
ONLY ?=
# How many modules `make fuzz` tries, from which seed, and what it does with
# them.
N ?=
SEED ?=
T ?= run

runner_options = $(if $(DIR),--dir $(DIR)) $(if $(TARGET),--target $(TARGET))
release = target/release
machines = x86_64 aarch64
test_spec = $(addprefix test-spec-,$(machines))
test_wasi = $(addprefix test-wasi-,$(machines))
test_fuzz = $(addprefix test-fuzz-,$(machines))

.PHONY: demo test check unit spec conformance wasi fuzz real bench bench-aarch64 bless build dependencies
.PHONY: $(test_spec) $(test_wasi) $(test_fuzz) test-programs test-store examples

# Somebody else's module becomes an executable for each machine, and both run.
demo: dependencies build
	@tests/programs/install-deps demo
	@tests/programs/demo.py

test: check unit $(test_spec) $(test_wasi) $(test_fuzz) test-programs examples

# How the code is written.
check: dependencies
	$(CARGO) fmt --all --check
	$(CARGO) clippy --release --workspace --all-targets -- -D warnings

# Unit tests, rules of the code (tidy), code snapshots, the command line.
unit: build
	$(CARGO) test --release --workspace --no-fail-fast

$(test_spec): test-spec-%: build
	$(release)/quench-spec --target $*
	$(release)/quench-spec --target $* --disable-pass tables --disable-pass inline --disable-pass bulk --disable-pass checks own/ gc/
	$(release)/quench-spec --target $* --fuel own/
	$(release)/quench-spec --target $* --explicit
	$(release)/quench-spec --target $* --stress gc/ own/proven

$(test_wasi): test-wasi-%: build
	$(release)/quench-wasi --target $*

# The cache that machines share, which is a feature of its own: a build beside
# the other. Not part of `make test`, for the time that takes.
test-store: dependencies
	@tests/store/install-deps
	$(CARGO) build --release --workspace --features quench/shared-cache --target-dir target/store
	tests/store/check.py

# The first seeds of `make fuzz`.
$(test_fuzz): test-fuzz-%: build
	$(release)/quench-fuzz run --target $*
	$(release)/quench-fuzz run --explicit --count 200 --target $*
	$(release)/quench-fuzz compile --count 5000 --target $*
	$(release)/quench-fuzz components --count 60 --target $*
	$(release)/quench-fuzz shapes --count 60 --target $*
	$(release)/quench-fuzz operators --target $*

test-programs: build
	@tests/programs/install-deps quick
	tests/programs/check.py --quick
	tests/programs/debug.py
	tests/programs/report.py

# Objects with other linkers, programs with a main of their own, and modules that build
# systems make.
examples: build
	@tests/programs/install-deps examples
	examples/run
	examples/run-modules

# The official specification scripts, or the .wast files of a folder:
# make spec [DIR=folder] [TARGET=x86_64|aarch64] [SKIP=feature,...]
spec: build
	@$(release)/quench-spec $(runner_options) $(if $(SKIP),--skip $(SKIP))

# The official scripts on both machines, and docs/CONFORMANCE.md from that.
conformance: build
	@$(release)/quench-spec --table docs/CONFORMANCE.md

# Generated modules against an interpreter, every operator against it, values that
# components pass on against themselves, hardly valid modules and components against
# the compiler, or what hard functions cost; what is found is written to target/fuzz:
# make fuzz [N=count] [SEED=n] [TARGET=x86_64|aarch64] [T=run|operators|components|compile|shapes]
fuzz: build
	@$(release)/quench-fuzz $(T) $(if $(N),--count $(N)) $(if $(SEED),--seed $(SEED)) \
		$(if $(TARGET),--target $(TARGET))

# The WASI behaviour tests, or the modules of a folder in their format:
# make wasi [DIR=folder] [TARGET=x86_64|aarch64]
wasi: build
	@$(release)/quench-wasi $(runner_options)

# The tests of crates, and programs that others wrote, compared with a run under wasmtime; what both cost
# is written to docs/REAL.md, if all was done; or those with such names:
# make real [TARGET=x86_64|aarch64] [ONLY='*-kotlin *-opt']
real: build
	@tests/programs/install-deps
	$(if $(or $(if $(ONLY),,all),$(findstring kotlin,$(ONLY))),tests/programs/debug.py --kotlin $(if $(TARGET),--target $(TARGET)))
	$(if $(ONLY),,tests/programs/crates.py $(if $(TARGET),--target $(TARGET)))
	tests/programs/check.py --page docs/REAL.md $(if $(TARGET),--target $(TARGET)) $(foreach name,$(ONLY),'$(name)')

# Speed and size against peers, written to docs/PERFORMANCE.md.
bench: build
	@tests/programs/install-deps
	tests/bench/bench.py

# Instructions that programs for aarch64 execute, written to the end of that page.
bench-aarch64: build
	@tests/programs/install-deps bench-aarch64
	tests/bench/aarch64.py

# Makes what the snapshot tests get what they expect; look at the difference.
bless: build
	BLESS=1 $(CARGO) test --release -p quench-tests --test codegen --test cli

# The whole workspace at once: one choice of features, so that Cranelift is
# built once.
build: dependencies
	$(CARGO) build --release --workspace

dependencies:
	@.ci/install-deps
