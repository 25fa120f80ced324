# shellcheck shell=bash
# The container image, with whatever `docker` this machine has.

dev_image() {
    [ $# -le 1 ] || die "usage: ./dev image [bookworm|trixie]"
    build_image "${1:-bookworm}"
}

# build_image <Debian suite>: once a run, like build().
declare -A built_images=()
build_image() {
    local suite=$1 tag=nginx-mcp-resource:dev version
    [ -z "${built_images[$suite]:-}" ] || return 0
    built_images[$suite]=yes
    [ "$suite" = bookworm ] || tag=nginx-mcp-resource:$suite
    docker info >/dev/null 2>&1 || die "docker does not answer here: install Docker Engine with BuildKit, or set DOCKER_HOST"
    version=$(sed -nE 's/^project\(.* VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)
    step "image $suite" docker build --progress plain --build-arg DEBIAN_SUITE="$suite" --build-arg VERSION="$version" \
        --build-arg REVISION="$(git rev-parse HEAD 2>/dev/null || echo unknown)" --tag "$tag" . || exit 1
    echo "   $tag: $(($(docker image inspect --format '{{.Size}}' "$tag") / 1000000)) MB"
}
