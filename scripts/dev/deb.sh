# shellcheck shell=bash
# The Debian package: build/release/package/nginx-mcp-resource_<version>_<architecture>.deb

source scripts/dev/build.sh

dev_deb() {
    [ $# -eq 0 ] || die "usage: ./dev deb"
    build_deb
}

build_deb() {
    need build deb
    build release
    rm -f build/release/package/*.deb
    step "deb" cpack --config build/release/CPackConfig.cmake || exit 1
    ls build/release/package/*.deb
}
