# shellcheck shell=bash
# For the scripts that test the container image.

# run_docker_tests <file...>
run_docker_tests() {
    local image=${TEST_IMAGE:-nginx-mcp-resource:dev}
    if ! docker info >/dev/null 2>&1; then
        echo "skipped: docker does not answer on this machine"
        [ "${CI:-}" != true ] || exit 1
        exit 0
    fi
    [ -d test/peers/node_modules ] || ./dev setup peers
    docker image inspect "$image" >/dev/null 2>&1 || ./dev image
    node --test --test-concurrency=1 --test-reporter spec "$@"
}
