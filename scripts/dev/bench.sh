# shellcheck shell=bash
# What authorization costs, measured on this machine: test/bench. BENCH_SECONDS and BENCH_ROUNDS as environment variables.

source scripts/dev/build.sh

dev_bench() {
    need build test bench
    need_node "$NODE_WANTED"
    build release modules
    # The library may have come after the build was configured.
    cmake --build --preset release --target help | grep -q core_bench || step "configure release" cmake --preset release
    build release core_bench
    # 10,000 streams need 20,000 open files in one nginx worker. root may have more than others.
    ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"
    mkdir -p .dev/bench
    BENCH_CORE=$ROOT/build/release/test/bench/core/core_bench BENCH_CHART=$ROOT/docs/benchmarks.svg \
        node test/bench/bench.mjs "$@" | tee .dev/bench/last.md
}
