# shellcheck shell=bash
# Runs suites. The output of each goes to a log; at the end stand the runners' own closing lines, then one line a suite.

source scripts/dev/build.sh
source scripts/dev/image.sh

readonly DEFAULT_SUITES="unit prove e2e docs examples"
readonly OTHER_SUITES="load differential conformance browser smoke trixie image keycloak servers clients observability deb bench asan valgrind fuzz"
closing=()
summary=()
failed=0

dev_test() {
    local suite suites=("$@")
    [ $# -gt 0 ] || read -ra suites <<<"$DEFAULT_SUITES"
    for suite in "${suites[@]}"; do
        [[ " $DEFAULT_SUITES $OTHER_SUITES " == *" $suite "* ]] ||
            die "no suite is called $suite; there are: $DEFAULT_SUITES $OTHER_SUITES"
    done
    echo "Suites to run: ${suites[*]}"
    [ $# -gt 0 ] || echo "Not among them: $OTHER_SUITES (longer; run by name: ./dev test asan)"

    mkdir -p "$LOGS"
    for suite in "${suites[@]}"; do
        : >"$LOGS/outcome"
        # In a shell of its own: what a suite needs and cannot have ends that suite, and no other.
        set +e
        (
            set -e
            "suite_$suite"
            keep_outcome
        )
        set -e
        # shellcheck source=/dev/null
        if [ -s "$LOGS/outcome" ]; then
            source "$LOGS/outcome"
        else
            failed=1
            summary+=("FAILED   $suite: it was not run, as something that it needs is missing (above)")
        fi
    done
    report | tee "$LOGS/summary-$(tr ' ' '-' <<<"${suites[*]}").txt"
    return "$failed"
}

# What a suite has to say at the end, for the shell that reports.
keep_outcome() {
    {
        echo "failed=$failed closing=() summary=()"
        [ ${#closing[@]} -eq 0 ] || printf 'closing+=(%q)\n' "${closing[@]}"
        [ ${#summary[@]} -eq 0 ] || printf 'summary+=(%q)\n' "${summary[@]}"
    } >"$LOGS/outcome"
}

report() {
    printf '\n'
    [ ${#closing[@]} -eq 0 ] || printf '%s\n' "${closing[@]}"
    printf '%s\n' "== Suites" "${summary[@]}"
}

# How the closing lines of a runner begin.
readonly CTEST='^[0-9]+% tests passed' PROVE='^(All tests successful|Test Summary Report|Result:)' NODE='^. tests [0-9]' GTEST='^\[==========\] [0-9]+ tests.* ran' DOCUMENTS='^(documents:|. tests [0-9])' ANY='.'

# suite <name> <beginning of the closing lines> <command...>
suite() {
    local name=$1 beginning=$2 start=$SECONDS result=ok
    shift 2
    step "$name" "$@" || { result=FAILED failed=1; }
    closing+=("== $name" "$(sed -nE "/$beginning/,\$ p" "$(log_of "$name")" | sed -n 1,100p)" "")  # head would end sed by a signal
    summary+=("$(printf '%-8s %-16s %4d s' "$result" "$name" $((SECONDS - start)))")
}

skip() {
    summary+=("$(printf '%-8s %-16s %s' skipped "$1" "$2")")
}

has_files() { compgen -G "$1" >/dev/null; }

suite_unit() { unit_tests unit release; }

unit_tests() {
    build "$2"
    has_files "build/$2/test/unit/unit_tests" || { skip "$1" "there are no unit tests"; return; }
    suite "$1" "$CTEST" ctest --preset "$2" -j "$(nproc)"
}

suite_prove() { prove_tests prove release; }

# These wait half a minute or more. They begin first, so that none of them is left at the end while the machine idles; then
# test/conf, which computes, and lasts longest with sanitizers.
readonly PATIENT_TESTS="mcp_resource/rotation auth_jwt/rotation mcp_resource/newer_keys cases/authorization_servers
    mcp_resource/traces mcp_resource/trace_export"

# prove_tests <name> <preset> [variable=value...]
prove_tests() {
    local name=$1 preset=$2 jobs test tests=()
    shift 2
    need test
    build "$preset" modules
    has_files "build/$preset/modules/*.so" || { skip "$name" "there is no module in build/$preset"; return; }
    for test in $PATIENT_TESTS; do
        tests+=("test/prove/$test.t")
    done
    mapfile -t tests < <(printf '%s\n' "${tests[@]}" && find test/conf test/prove -name '*.t' | sort |
        grep -vxF "$(printf '%s\n' "${tests[@]}")")
    case $name in
        prove) jobs=$((3 * $(nproc))) ;; # most of them wait
        valgrind) jobs=1 ;;
        *) jobs=$((2 * $(nproc))) ;; # a file must end within its time, which sanitizers use up
    esac
    suite "$name" "$PROVE" env TEST_NGINX_LOAD_MODULES="$(modules_of "$preset")" "$@" \
        prove --jobs "$jobs" "${tests[@]}"
}

modules_of() {
    local modules=("$ROOT/build/$1/modules/"*.so)
    echo "${modules[*]}"
}

suite_e2e() {
    has_files "test/e2e/*.test.mjs" || { skip e2e "there are no tests in test/e2e"; return; }
    need test
    need_peers
    build release product
    suite e2e "$NODE" env TEST_NGINX_LOAD_MODULES="$(modules_of release)" test/e2e/run-e2e.sh loopback
}

suite_load() { load_tests load release; }

# load_tests <name> <preset> [variable=value...]
load_tests() {
    local name=$1 preset=$2
    shift 2
    need test
    need_node "$NODE_WANTED"
    build "$preset" modules
    suite "$name" "$NODE" env TEST_NGINX_LOAD_MODULES="$(modules_of "$preset")" "$@" \
        node --test --test-reporter spec test/load/*.test.mjs
}

suite_conformance() {
    need test
    need_node 22
    need_npm_packages test/peers
    need_npm_packages test/conformance
    build release product
    suite conformance "$NODE" env TEST_NGINX_LOAD_MODULES="$(modules_of release)" \
        node --test --test-reporter spec test/conformance/*.test.mjs
}

# Of the build that TEST_NGINX_LOAD_MODULES names, if it does.
suite_differential() {
    source scripts/dev/differential.sh
    need test
    [ -n "${TEST_NGINX_LOAD_MODULES:-}" ] || build release modules
    prepare_differential
    suite differential "$NODE" env TEST_NGINX_LOAD_MODULES="${TEST_NGINX_LOAD_MODULES:-$(modules_of release)}" \
        node --test --test-reporter spec test/differential/*.test.mjs
}

# Of the build that TEST_NGINX_LOAD_MODULES names, if it does.
suite_servers() {
    source scripts/dev/servers.sh
    need test
    [ -n "${TEST_NGINX_LOAD_MODULES:-}" ] || build release product
    prepare_servers
    suite servers "$NODE" env TEST_NGINX_LOAD_MODULES="${TEST_NGINX_LOAD_MODULES:-$(modules_of release)}" \
        node --test --test-reporter spec test/servers/*.test.mjs
}

# As above.
suite_clients() {
    source scripts/dev/clients.sh
    need test
    [ -n "${TEST_NGINX_LOAD_MODULES:-}" ] || build release modules
    prepare_clients
    suite clients "$NODE" env TEST_NGINX_LOAD_MODULES="${TEST_NGINX_LOAD_MODULES:-$(modules_of release)}" \
        node --test --test-reporter spec test/clients/*.test.mjs
}

# As above.
suite_observability() {
    source scripts/dev/observability.sh
    [ -n "${TEST_NGINX_LOAD_MODULES:-}" ] || build release product
    prepare_observability
    suite observability "$NODE" env TEST_NGINX_LOAD_MODULES="${TEST_NGINX_LOAD_MODULES:-$(modules_of release)}" \
        node --test --test-reporter spec test/observability/*.test.mjs
}

suite_browser() {
    need test browser
    need_peers
    build release product
    suite browser "$NODE" env TEST_NGINX_LOAD_MODULES="$(modules_of release)" \
        node --test --test-reporter spec test/browser/*.test.mjs
}

suite_smoke() { image_tests smoke bookworm test/smoke/run-smoke.sh all; }

suite_trixie() { image_tests trixie trixie env TEST_IMAGE=nginx-mcp-resource:trixie test/smoke/run-smoke.sh all; }

suite_image() { image_tests image bookworm test/e2e/run-e2e.sh image; }

# image_tests <name> <Debian suite> <command...>: of an image that is up to date.
image_tests() {
    if [ "${CI:-}" != true ] && ! docker info >/dev/null 2>&1; then
        skip "$1" "docker does not answer on this machine"
        return
    fi
    need test
    need_peers
    build_image "$2"
    suite "$1" "$NODE" "${@:3}"
}

# Keycloak comes from an image registry, or (always in CI) from Maven Central.
suite_keycloak() {
    need browser
    [ "${CI:-}" != true ] || command -v mvn >/dev/null || need maven
    image_tests keycloak bookworm node --test --test-reporter spec test/keycloak/*.test.mjs
}

suite_deb() {
    need lintian
    build_deb
    suite deb "$ANY" test/packaging/check-deb.sh build/release/package/*.deb
}

# That it works and that every answer is the right one; how fast is for ./dev bench to say.
suite_bench() {
    need test bench
    need_node "$NODE_WANTED"
    build release modules
    suite bench '^\| work' env BENCH_ROUNDS=1 node test/bench/bench.mjs drop-in policy refusal '1 known' everything
}

suite_docs() {
    need test
    need_peers
    build release product
    suite docs "$PROVE" prove test/docs
    suite "docs' blocks" "$DOCUMENTS" env TEST_NGINX_LOAD_MODULES="$(modules_of release)" \
        node --test --test-reporter spec test/docs/*.test.mjs
}

suite_examples() {
    need test
    build release modules
    suite examples "$ANY" env TEST_NGINX_LOAD_MODULES="$(modules_of release)" scripts/lint-examples.sh
}

suite_asan() {
    local libraries
    build asan
    suite "asan unit" "$GTEST" in_shards build/asan/test/unit/unit_tests
    libraries="$(g++ -print-file-name=libasan.so) $(g++ -print-file-name=libubsan.so)"
    prove_tests "asan prove" asan TEST_NGINX_PRELOAD="$libraries"
    load_tests "asan load" asan TEST_NGINX_PRELOAD="$libraries" LOAD_SCALE=small
}

# in_shards <program of GoogleTest>: all of its tests, in one process for each processor. An instrumented program takes long to
# start, and ctest starts it once for each test.
in_shards() {
    local i count status=0 shards=()
    count=$(nproc)
    for ((i = 0; i < count; i++)); do
        GTEST_TOTAL_SHARDS=$count GTEST_SHARD_INDEX=$i "$1" --gtest_brief=1 >"$LOGS/shard-$i.txt" 2>&1 &
        shards+=($!)
    done
    for ((i = 0; i < count; i++)); do wait "${shards[i]}" || status=1; done
    for ((i = 0; i < count; i++)); do cat "$LOGS/shard-$i.txt"; done
    return "$status"
}

suite_valgrind() {
    need valgrind
    prove_tests valgrind dev TEST_NGINX_VALGRIND=1
}

suite_fuzz() {
    build fuzz
    suite fuzz "$CTEST" ctest --preset fuzz
}
