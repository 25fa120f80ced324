#!/usr/bin/env bash
# A Debian package as its users meet it: lintian has nothing to say; it installs, its modules can be enabled, and it leaves a
# working nginx behind when it goes.
#
#   test/packaging/check-deb.sh build/release/package/nginx-mcp-resource_0.1.0_amd64.deb
#
# Installing needs root, and is undone; without root only lintian is asked, and it says so.
set -euo pipefail
package=$(realpath "$1")

lintian --fail-on error,warning "$package"
echo "ok   lintian"
if [ "$EUID" -ne 0 ] || dpkg-query -W nginx-mcp-resource >/dev/null 2>&1; then
    echo "skip installing: needs root, and a machine where the package is not installed"
    exit 0
fi

log=$(mktemp)
trap 'dpkg --purge nginx-mcp-resource >/dev/null 2>&1 || true; rm -f "$log"' EXIT

# quietly <command...>: shows what the command said only when it fails. Another apt may be at work on this machine.
quietly() {
    "$@" >"$log" 2>&1 && return
    echo "FAILED: $*"
    cat "$log"
    exit 1
}
apt() { DEBIAN_FRONTEND=noninteractive apt-get --yes --option DPkg::Lock::Timeout=120 "$@"; }

quietly apt install --no-install-recommends "$package"
quietly mcp-resource --version
man --where mcp-resource >/dev/null 2>&1 || [ -f /usr/share/man/man1/mcp-resource.1.gz ]
echo "ok   installed"
for module in auth-jwt auth-oauth2-token mcp-resource; do
    ln -s "/usr/share/nginx/modules-available/mod-http-$module.conf" /etc/nginx/modules-enabled/
done
quietly nginx -T
[ "$(grep -c '^load_module modules/ngx_http_.*_module.so;$' "$log")" = 3 ] || { cat "$log"; exit 1; }
echo "ok   enabled"
quietly apt remove nginx-mcp-resource
quietly nginx -t
quietly test -z "$(find /etc/nginx/modules-enabled -xtype l)"
echo "ok   removed"
