# shellcheck shell=bash
# The clients of test/clients: into .dev/clients, again only when what they are made of changes. Those from npm take a gigabyte,
# so CI does without them.

readonly CLIENT_PROGRAMS=$ROOT/.dev/clients CLIENT_SOURCES=$ROOT/test/clients

prepare_clients() {
    need_peers
    if [ "${CI:-}" = true ]; then
        python3 -c 'import ensurepip' 2>/dev/null || need python
        skip clients "Codex, Gemini CLI, opencode, Copilot CLI: not installed in CI"
    else
        need_npm_packages test/clients install
    fi
    if python3 -c 'import ensurepip' 2>/dev/null; then
        make_client fastmcp "$CLIENT_SOURCES/python/requirements-fastmcp.txt" python_client
        make_client python-sdk "$CLIENT_SOURCES/python/requirements-python-sdk.txt" python_client
    else
        skip clients "FastMCP, Python SDK 1: there is no Python with venv on this machine"
    fi
    if command -v go >/dev/null; then
        make_client go "$CLIENT_SOURCES/go" go_client
    else
        skip clients "go-sdk: there is no Go on this machine"
    fi
}

# make_client <name> <source> <function>: unless the source was the same the last time that it worked.
make_client() {
    local name=$1 source=$2 folder=$CLIENT_PROGRAMS/$1 sum
    sum=$(find "$source" -type f -exec sha256sum {} + | sort | sha256sum)
    [ "$(cat "$folder/complete" 2>/dev/null)" != "$sum" ] || return 0
    rm -rf "$folder"
    mkdir -p "$folder"
    step "clients $name" "$3" "$folder" "$source" || exit 1
    echo "$sum" >"$folder/complete"
}

python_client() {
    python3 -m venv "$1" && "$1/bin/pip" install --quiet --no-deps --only-binary :all: --requirement "$2"
}

go_client() { env GOFLAGS='-mod=mod -buildvcs=false' go build -C "$2" -o "$1/go-sdk" .; }
