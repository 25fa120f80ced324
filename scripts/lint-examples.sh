#!/usr/bin/env bash
# nginx -t for every examples/*.conf, in a folder laid out like /etc/nginx, with throwaway keys and certificates.
#
#   scripts/lint-examples.sh
#   TEST_NGINX_LOAD_MODULES="/path/a.so /path/b.so" scripts/lint-examples.sh      # other builds of the modules
#
# One line for each example. Exit status 0: all good; an example whose module is not built is skipped, and says so, but
# when nothing at all could be checked that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/modules" "$folder/logs"
ln -s "$PWD/conf" "$folder/conf"
for module in ${TEST_NGINX_LOAD_MODULES:-build/release/modules/*.so}; do
    [ ! -e "$module" ] || ln -s "$(realpath "$module")" "$folder/modules/"
done

# All paths are seen from the folder that stands for /etc/nginx.
in_folder() {
    mkdir -p "$folder/$(dirname "$1")"
    echo "$folder/$1"
}

# The files an example names: the first argument of these directives (name or name|name).
arguments() {
    sed -nE "s/^ *($1) +([^ ;]+)[^;]*;.*/\2/p" "$2"
}

write_files_named_in() {
    local file
    for file in $(arguments ssl_certificate "$1"); do cp "$folder/throwaway.crt" "$(in_folder "$file")"; done
    for file in $(arguments ssl_certificate_key "$1"); do cp "$folder/throwaway.key" "$(in_folder "$file")"; done
    for file in $(arguments 'auth_jwt_key_file|mcp_jwks' "$1"); do cp "$folder/throwaway.jwks" "$(in_folder "$file")"; done
    for file in $(arguments auth_oauth2_token_client_secret_file "$1"); do echo throwaway >"$(in_folder "$file")"; done
}

# The example without what only root may do (ports below 1024, files under /var/log and /run) and what another machine may
# lack (the list of public certification authorities).
adapted() {
    echo "pid $folder/nginx.pid;"
    sed -E -e 's#/etc/nginx/##g' -e '/^ *pid /d' \
        -e 's#/etc/ssl/certs/ca-certificates\.crt#throwaway.crt#' -e 's#^( *(access|error)_log +)/var/log/nginx/#\1logs/#' \
        -e 's#^http +\{#&\n    access_log logs/access.log;#' -e 's/^( *listen +([^ ;]*:)?)(80|443)\>/\110\3/' "$1"
}

missing_module() {
    local module
    for module in $(arguments load_module "$1"); do
        [ -e "$folder/$module" ] || { basename "$module"; return; }
    done
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=mcp.example.com \
    -keyout "$folder/throwaway.key" -out "$folder/throwaway.crt" 2>/dev/null
printf '{"keys":[{"kty":"oct","alg":"HS256","kid":"throwaway","k":"%s"}]}\n' \
    "$(openssl rand -base64 48 | tr '+/' '-_' | tr -d '=')" >"$folder/throwaway.jwks"

checked=0 failed=0
for example in examples/*.conf; do
    adapted "$example" >"$folder/nginx.conf"
    module=$(missing_module "$folder/nginx.conf")
    if [ -n "$module" ]; then
        echo "skip $example: $module is not built"
        continue
    fi
    write_files_named_in "$folder/nginx.conf"
    checked=$((checked + 1))
    if report=$(nginx -t -e stderr -p "$folder" -c "$folder/nginx.conf" 2>&1); then
        echo "ok   $example"
    else
        echo "FAIL $example"
        sed -e "s#$folder/##g" -e 's/^/     /' <<<"$report"
        failed=$((failed + 1))
    fi
done

[ "$checked" -gt 0 ] || { echo "no example could be checked" >&2; exit 1; }
[ "$failed" -eq 0 ]
