# shellcheck shell=bash
# What a fresh Debian machine lacks. Asking apt-get takes seconds, asking dpkg none: apt-get runs only for what is missing.

# Boost.JSON came with Boost 1.75. Debian 12's libboost-dev is 1.74, and 1.81 is beside it.
boost_package() { [ "$(. /etc/os-release && echo "${VERSION_ID:-}")" = 12 ] && echo libboost1.81-dev || echo libboost-dev; }

declare -A PACKAGES=(
    [build]="g++ cmake ninja-build pkgconf nginx nginx-dev libssl-dev libsimdjson-dev libpcre2-dev
             libcurl4-openssl-dev libhiredis-dev libcli11-dev libyaml-cpp-dev $(boost_package) libgtest-dev libgmock-dev"
    [test]="perl redis-server libnginx-mod-stream libjson-perl libcryptx-perl curl openssl"
    [lint]="clang-format-19 shellcheck perl libjson-perl libcryptx-perl"
    [fuzz]="clang-19 libclang-rt-19-dev"
    [valgrind]="valgrind"
    [bench]="wrk libbenchmark-dev valgrind"
    [browser]="chromium"
    [maven]="maven"
    [java]="maven default-jdk-headless"
    [python]="python3 python3-venv"
    [deb]="dpkg-dev file"
    [lintian]="lintian"
    [observability]="prometheus"
)
readonly NODE_WANTED=20.19 NODE_INSTALLED=22

# need <set...>: the packages of these sets are there afterwards.
need() {
    local set wanted=() installed package missing=()
    for set in "$@"; do
        [ -n "${PACKAGES[$set]:-}" ] || die "no set of packages is called $set; there are: ${!PACKAGES[*]}"
        # shellcheck disable=SC2206  # a list of words
        wanted+=(${PACKAGES[$set]})
    done
    need_packages "${wanted[@]}"
}

need_packages() {
    local installed package missing=()
    command -v dpkg-query >/dev/null || die "this is no Debian: install what corresponds to: $*"
    installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
    for package in "$@"; do
        grep -qxF "$package installed" <<<"$installed" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

install_packages() {
    local as_root=()
    if [ "$EUID" -ne 0 ]; then
        command -v sudo >/dev/null || die "needs root or sudo for: apt-get install $*"
        as_root=(sudo)
        sudo true # asks for a password before output goes to a log
    fi
    echo "Missing packages: $*"
    step "apt-get update" "${as_root[@]}" apt-get -o Acquire::Retries=3 update || exit 1
    keep_services_stopped "${as_root[@]}"
    step "apt-get install" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3 install \
        --yes --no-install-recommends "$@" || exit 1
    let_services_start
}

# Debian starts a service as soon as it is installed. The nginx we install is for tests: it shall not take port 80.
keep_services_stopped() {
    [ ! -e /usr/sbin/policy-rc.d ] || return 0
    policy_owner=("$@")
    trap let_services_start EXIT
    printf '#!/bin/sh\nexit 101\n' | "$@" tee /usr/sbin/policy-rc.d >/dev/null
    "$@" chmod 755 /usr/sbin/policy-rc.d
}

let_services_start() {
    [ -n "${policy_owner+set}" ] || return 0
    "${policy_owner[@]}" rm -f /usr/sbin/policy-rc.d
    trap - EXIT
}

node_is_recent() { # <version>
    local version
    version=$(node --version 2>/dev/null) || return 1
    printf '%s\n' "$1" "${version#v}" | sort --check=quiet --version-sort
}

# need_node <version>: on PATH afterwards, the machine's own when recent enough, else Debian's, else one from npm in .dev/.
need_node() {
    local at_least=$1 packages=()
    command -v node >/dev/null || packages+=(nodejs)
    command -v npm >/dev/null || packages+=(npm)
    [ ${#packages[@]} -eq 0 ] || need_packages "${packages[@]}"
    node_is_recent "$at_least" && return
    PATH=$ROOT/.dev/node/node_modules/.bin:$PATH
    node_is_recent "$at_least" && return
    step "npm install node" npm install --prefix "$ROOT/.dev/node" --no-save "node@$NODE_INSTALLED" || exit 1
    hash -r
    node_is_recent "$at_least" || die "Node.js $at_least or later is needed; found $(node --version)"
}

# The authorization server, MCP servers and clients that the tests and the demo run.
need_peers() {
    need_node "$NODE_WANTED"
    need_npm_packages test/peers
}

# need_npm_packages <folder> [ci|install]: what its package-lock.json names. ci wants every package in it to be there for every
# machine; install does with those for this one.
need_npm_packages() {
    local lock=$1/package-lock.json how=${2:-ci}
    [ -f "$lock" ] || die "$lock is missing: it says which packages to test with"
    [ "$1/node_modules/.package-lock.json" -nt "$lock" ] && return
    step "npm $how" npm "$how" --prefix "$ROOT/$1" || exit 1
}
