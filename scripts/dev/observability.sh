# shellcheck shell=bash
# What test/observability needs: Prometheus with promtool, of Debian.

prepare_observability() {
    need test observability
    need_peers
}
