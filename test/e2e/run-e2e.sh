#!/usr/bin/env bash
# Real authorization server, MCP servers and clients.
#
#   test/e2e/run-e2e.sh loopback     # nginx and its peers on this machine (what `./dev test e2e` runs)
#   test/e2e/run-e2e.sh image        # the container image, its peers and the Compose examples on Docker networks
#   test/e2e/run-e2e.sh all
#
# loopback needs built modules (./dev build). Where there is no Docker, image says "skipped", and ends with 0; with CI=true that
# is a failure. Both need what `./dev setup peers` installs.
set -euo pipefail
cd "$(dirname "$0")/../.."
source scripts/docker-tests.sh

loopback() {
    local modules=(build/release/modules/*.so)
    TEST_NGINX_LOAD_MODULES=${TEST_NGINX_LOAD_MODULES:-"${modules[*]/#/$PWD/}"} \
        node --test --test-concurrency 4 --test-reporter spec test/e2e/*.test.mjs  # they wait more than they compute
}

case ${1:-} in
    loopback) loopback ;;
    image) run_docker_tests test/e2e/image/*.test.mjs ;;
    all) loopback && run_docker_tests test/e2e/image/*.test.mjs ;;
    *) echo "usage: test/e2e/run-e2e.sh all|loopback|image" >&2; exit 2 ;;
esac
