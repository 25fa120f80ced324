# shellcheck shell=bash
# Runs every check, or those named; a check prints what is wrong and fails. None changes a file.

source scripts/dev/build.sh

readonly CHECKS="format tidy shell perl node rooms size words workflows"
readonly ACTIONLINT=1.7.12

dev_lint() {
    local check checks=("$@") bad=()
    [ $# -gt 0 ] || read -ra checks <<<"$CHECKS"
    for check in "${checks[@]}"; do
        [[ " $CHECKS " == *" $check "* ]] || die "no check is called $check; there are: $CHECKS"
    done
    need build lint
    [[ " ${checks[*]} " != *" node "* ]] || need_node "$NODE_WANTED"
    [[ " ${checks[*]} " != *" tidy "* ]] || need_clang_tidy
    for check in "${checks[@]}"; do
        step "lint $check" "lint_$check" || bad+=("$check")
        grep '^skipped: ' "$(log_of "lint $check")" || true
    done
    [ ${#bad[@]} -eq 0 ] || { echo "Lint found something: ${bad[*]}"; return 1; }
    echo "Lint: all clean (${checks[*]})"
}

# files <pathspec...>: what is in the repository, or is about to be.
files() {
    git ls-files --cached --others --exclude-standard -- "$@" | while IFS= read -r file; do
        [ ! -f "$file" ] || echo "$file"
    done
}

# none <what is wrong> <lines>: fails when there are lines.
none() {
    [ -n "$2" ] || return 0
    printf '%s:\n%s\n' "$1" "$2"
    return 1
}

lint_format() { files '*.cpp' '*.h' | xargs -r clang-format-19 --dry-run -Werror; }

# Newer than Debian's, since from version 21 on it does not search system headers: a third of the time.
readonly CLANG_TIDY=$ROOT/.dev/lint/python/bin/clang-tidy

need_clang_tidy() {
    python3 -c 'import ensurepip' 2>/dev/null || need python
    python_environment "$ROOT/.dev/lint/python" scripts/dev/lint-requirements.txt || exit 1
}

# Minutes for all files, so a file that was clean is looked at again only when it, a header or the rules have changed.
lint_tidy() {
    export CLANG_TIDY TIDY_CLEAN=$ROOT/.dev/tidy TIDY_HEADERS TIDY_FINDINGS=$LOGS/tidy-findings.txt
    mkdir -p "$TIDY_CLEAN" && : >"$TIDY_FINDINGS"
    cmake --preset dev >/dev/null || return 1
    TIDY_HEADERS=$({ cat .clang-tidy; files 'src/*.h' | xargs cat; } | sha256sum)
    export -f tidy_one
    # shellcheck disable=SC2016  # the inner bash expands it
    files 'src/*.cpp' | xargs -P "$(nproc)" -n 1 bash -c 'tidy_one "$1"' tidy && return
    cat "$TIDY_FINDINGS"
    return 1
}

tidy_one() {
    local clean findings
    clean=$TIDY_CLEAN/$({ echo "$TIDY_HEADERS $1"; cat "$1"; } | sha256sum | cut -d ' ' -f 1)
    [ ! -e "$clean" ] || return 0
    echo "clang-tidy $1"
    # The database is that of g++, whose options clang need not know all. The analyzer follows a function for a tenth of its
    # usual steps: half the time of all.
    if findings=$("$CLANG_TIDY" -p build/dev -quiet -extra-arg=-Wno-unknown-warning-option \
        -extra-arg=-Xclang -extra-arg=-analyzer-config -extra-arg=-Xclang -extra-arg=max-nodes=20000 "$1" 2>&1); then
        touch "$clean"
    else
        printf '%s\n' "$findings" >>"$TIDY_FINDINGS"
        return 1
    fi
}

lint_shell() {
    local scripts
    mapfile -t scripts < <({ files '*.sh'; git grep -lE --untracked '^#!.*sh$' -- dev .ci scripts test; } | sort -u)
    shellcheck --external-sources "${scripts[@]}"
}

lint_perl() {
    local file status=0
    while IFS= read -r file; do
        perl -Itest/prove/lib -Itest/lib -c "$file" 2>&1 | grep -vxF "$file syntax OK" && status=1
    done < <(files '*.pm' '*.pl' '*.t')
    return "$status"
}

lint_node() {
    local file status=0
    while IFS= read -r file; do node --check "$file" || status=1; done < <(files '*.mjs')
    return "$status"
}

# Imports go one way (docs/dev/ARCHITECTURE.md): modules -> boundary, authority, report, shared -> ngx -> base; modules, cli, report
# -> mcp -> oauth.
lint_rooms() {
    local status=0 include='^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]'
    found() { git grep -nE --untracked "$@" || true; }
    # A room includes nothing but what stands below it: each line names all that it may not.
    none "base includes what stands on top of it" \
        "$(found "$include(oauth/|mcp/|ngx|authority/|boundary/|report/|shared/|modules/|cli/)" -- src/base)" || status=1
    none "oauth includes nginx, or what stands on top of it" \
        "$(found "$include(mcp/|ngx|authority/|boundary/|report/|shared/|modules/|cli/)" -- src/oauth)" || status=1
    none "mcp includes nginx, or what stands on top of it" \
        "$(found "$include(ngx|authority/|boundary/|report/|shared/|modules/|cli/)" -- src/mcp)" || status=1
    none "ngx knows nothing of OAuth or MCP, nor of what stands on top of it" \
        "$(found "$include(oauth/|mcp/|authority/|boundary/|report/|shared/|modules/|cli/)" -- src/ngx)" || status=1
    none "authority includes what stands on top of it, or beside it" \
        "$(found "$include(mcp/|boundary/|report/|shared/|modules/|cli/)" -- src/authority)" || status=1
    none "boundary includes what stands on top of it, or beside it" \
        "$(found "$include(mcp/|authority/|report/|shared/|modules/|cli/)" -- src/boundary)" || status=1
    none "report includes what stands on top of it, or beside it" \
        "$(found "$include(authority/|boundary/|shared/|modules/|cli/)" -- src/report)" || status=1
    none "shared includes what stands on top of it, or beside it" \
        "$(found "$include(oauth/|authority/|boundary/|report/|modules/|cli/)" -- src/shared)" || status=1
    none "a module includes another one, or the command" \
        "$(for module in src/modules/*/; do
            found "$include(cli/|modules/)" -- "$module" | grep -v "\"${module#src/}" || true
        done)" || status=1
    none "cli includes what only nginx' modules stand on" \
        "$(found "$include(ngx|authority/|boundary/|report/|shared/|modules/)" -- src/cli)" || status=1
    none "only ngx makes a request wait, and takes nginx' handlers of one" \
        "$(found '(read|write)_event_handler|ngx_http_core_run_phases|ngx_http_read_client_request_body|ngx_post_event|ngx_add_timer' \
            -- src/modules src/boundary)" || status=1
    none "hiredis belongs in ngx/redis.cpp and ngx/redis_reply.cpp alone" \
        "$(found "${include}hiredis" -- src ':!src/ngx/redis.cpp' ':!src/ngx/redis_reply.cpp')" || status=1
    none "simdjson belongs in oauth/json/json_element.h alone" \
        "$(found "${include}simdjson" -- src ':!src/oauth/json/json_element.h')" || status=1
    none "json_element.h is for json.cpp and json_value.cpp alone" \
        "$(found "${include}oauth/json/json_element" -- src ':!src/oauth/json/json.cpp' ':!src/oauth/json/json_value.cpp')" || status=1
    none "Boost belongs in mcp/message_stream.cpp alone" \
        "$(found "${include}boost" -- src ':!src/mcp/message_stream.cpp')" || status=1
    none "OpenSSL objects are freed by their owners in base/openssl.h alone" \
        "$(found '\<(OPENSSL|EVP|BIO|BN|EC|RSA|ECDSA|X509|OSSL|PEM|ASN1)_([A-Za-z0-9]+_)*(clear_)?free(_all)?\(' \
            -- src ':!src/base/openssl.h')" || status=1
    return "$status"
}

# Functions of C++: readability-function-size in .clang-tidy.
lint_size() {
    local long
    long=$(files '*.cpp' '*.h' '*.sh' '*.pm' '*.t' '*.mjs' dev | xargs wc -l | awk '$1 > 400 && $2 != "total"')
    none "longer than 400 lines" "$long"
}

# Whose language style.pl checks.
readonly STYLED=('*.md' dev docs/mcp-resource.1 'conf/*.conf' 'examples/*')

lint_words() {
    local status=0 styled here=':!scripts/dev/lint.sh'
    none "unfinished" "$(git grep -nIwE --untracked 'TODO|FIXME|XXX|HACK' -- "$here" || true)" || status=1
    none "names a package registry's host" "$(git grep -nIE --untracked \
        'registry\.[a-z]+js|npmjs\.|pypi\.|pythonhosted|deb\.debian|repo1\.maven|ghcr\.io|quay\.io|gcr\.io' -- "$here" ||
        true)" || status=1
    none "names a folder of one machine" "$(git grep -nIE --untracked '(^|[^A-Za-z0-9_.])/(work|home/[a-z])/' -- "$here" ||
        true)" || status=1
    mapfile -t styled < <(files "${STYLED[@]}")
    none "words that CONTRIBUTING.md (Style) advises against" "$(scripts/dev/style.pl "${styled[@]}" || true)" || status=1
    return "$status"
}

# actionlint is no package of Debian: it is built where Go is at hand, once. CI has it.
lint_workflows() {
    local folder=$ROOT/.dev/actionlint-$ACTIONLINT
    if ! PATH=$folder:$PATH command -v actionlint >/dev/null; then
        command -v go >/dev/null || { echo "skipped: there is neither actionlint nor Go to build it with"; return 0; }
        GOBIN=$folder go install "github.com/rhysd/actionlint/cmd/actionlint@v$ACTIONLINT" ||
            { echo "skipped: actionlint could not be built"; return 0; }
    fi
    PATH=$folder:$PATH actionlint
}
