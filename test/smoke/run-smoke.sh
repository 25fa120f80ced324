#!/usr/bin/env bash
# The container image, with curl's view of it: health, metadata, 401, 403, 200, with TLS and without; stop, reload, crash.
#
#   test/smoke/run-smoke.sh all                  # or jwt, or introspect
#   TEST_IMAGE=nginx-mcp-resource:trixie test/smoke/run-smoke.sh all
#
# Needs Docker on Linux (containers use the host's network) and what `./dev setup peers` installs; makes the image when it is
# not there. Where there is no Docker it says "skipped", and ends with 0; with CI=true that is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."
source scripts/docker-tests.sh

case ${1:-} in
    all) modes="jwt introspect" ;;
    jwt | introspect) modes=$1 ;;
    *) echo "usage: test/smoke/run-smoke.sh all|jwt|introspect" >&2; exit 2 ;;
esac
TEST_MODES=$modes run_docker_tests test/smoke/*.test.mjs
