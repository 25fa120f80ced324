# shellcheck shell=bash
# The container image, with whatever `docker` this machine has.

source scripts/dev/deb.sh

dev_image() {
    [ $# -le 1 ] || die "usage: ./dev image [bookworm|trixie]"
    build_image "${1:-bookworm}"
}

# build_image <Debian suite>: once a run, like build(). The unit tests, too, but in CI, which has run them. There the image of
# the same Debian gets the package that was built, and the other Debian's shows that the Dockerfile builds one.
declare -A built_images=()
build_image() {
    local suite=$1 tag=nginx-mcp-resource:dev options
    [ -z "${built_images[$suite]:-}" ] || return 0
    built_images[$suite]=yes
    [ "$suite" = bookworm ] || tag=nginx-mcp-resource:$suite
    docker info >/dev/null 2>&1 || die "docker does not answer here: install Docker Engine with BuildKit, or set DOCKER_HOST"
    options=(--progress plain --build-arg DEBIAN_SUITE="$suite" --build-arg REVISION="$(revision)")
    if [ "${CI:-}" != true ]; then
        step "image $suite tests" docker build "${options[@]}" --target test . || exit 1
    elif grep -qxF "VERSION_CODENAME=$suite" /etc/os-release; then
        build release
        package_is_current || build_deb
        options+=(--build-arg PACKAGE=given)
    fi
    step "image $suite" docker build "${options[@]}" --tag "$tag" . || exit 1
    echo "   $tag: $(($(docker image inspect --format '{{.Size}}' "$tag") / 1000000)) MB"
}

# The commit, "-dirty" when something differs from it; empty when there is none to be known.
revision() {
    git describe --always --dirty --abbrev=40 --exclude='*' 2>/dev/null || true
}
