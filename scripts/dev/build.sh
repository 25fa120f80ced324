# shellcheck shell=bash

dev_build() {
    [ $# -le 1 ] || die "usage: ./dev build [preset]"
    case ${1:-release} in
        release) build release product ;; # ./dev test builds the tests, which take as long again
        *) build "$1" ;;
    esac
}

# build <preset> [target]: leaves build/<preset> up to date. Once a run: suites that follow each other test the same build.
declare -A built=()
build() {
    local preset=$1 target=${2:-}
    [ -z "${built["$preset all"]:-}${built["$preset ${target:-all}"]:-}" ] || return 0
    built["$preset ${target:-all}"]=yes
    need build
    [ "$preset" != fuzz ] || need fuzz
    if [ ! build/"$preset"/build.ninja -nt CMakePresets.json ]; then
        step "configure $preset" cmake --preset "$preset" || exit 1
        touch build/"$preset"/build.ninja # cmake leaves an unchanged file's time alone
    fi
    step "build $preset" cmake --build --preset "$preset" ${target:+--target "$target"} || exit 1
}
