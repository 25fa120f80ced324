# shellcheck shell=bash
# What test/observability needs: Prometheus with promtool, of Debian, and Jaeger.

# An older Jaeger: it takes OTLP as a newer one does, with a third of the packages to build, in CI too.
readonly JAEGER=1.45.0

prepare_observability() {
    need test observability
    need_peers
    need_jaeger
}

# Jaeger is no package of Debian: it is built where Go is at hand, once. CI has it.
need_jaeger() {
    local folder=$ROOT/.dev/jaeger-$JAEGER
    if [ ! -x "$folder/jaeger" ]; then
        if ! command -v go >/dev/null; then
            [ "${CI:-}" != true ] || die "there is no Go to build Jaeger with"
            echo "skipped: test/observability/traces.test.mjs, since there is no Go to build Jaeger with"
            return
        fi
        step "build Jaeger" build_jaeger "$folder" || die "Jaeger could not be built"
    fi
    export TEST_JAEGER=$folder/jaeger
}

# build_jaeger <folder>: in a module of its own, so that its versions are those that it was released with.
build_jaeger() (
    mkdir -p "$1" && cd "$1" || return 1
    [ -f go.mod ] || go mod init jaeger || return 1
    go get -tool "github.com/jaegertracing/jaeger/cmd/all-in-one@v$JAEGER" &&
        go build -o jaeger github.com/jaegertracing/jaeger/cmd/all-in-one
)
