# shellcheck shell=bash
# The Debian package: build/release/package/nginx-mcp-resource_<version>_<architecture>.deb
# Beside it is `compiled-in`: the libraries that are compiled in and not linked, for the image's list of what is inside.

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
    dpkg-query -W -f '${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\n' libcli11-dev 'libboost1.*-dev' |
        sed -n 's/^installed\t//p' >build/release/package/compiled-in
    ls build/release/package/*.deb
}

# Of the binaries as they are.
package_is_current() {
    local package
    package=$(compgen -G 'build/release/package/*.deb') && [ -z "$(find build/release/modules build/release/bin -newer "$package")" ]
}
