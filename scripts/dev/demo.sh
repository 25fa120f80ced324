# shellcheck shell=bash

dev_demo() {
    source scripts/dev/build.sh
    [ -f demo/demo.mjs ] || die "demo/demo.mjs is missing"
    need build test
    need_peers
    build release modules
    exec node demo/demo.mjs "$@"
}
