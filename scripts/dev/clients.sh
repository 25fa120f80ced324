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
        python_environment "$CLIENT_PROGRAMS/fastmcp" "$CLIENT_SOURCES/python/requirements-fastmcp.txt" || exit 1
        python_environment "$CLIENT_PROGRAMS/python-sdk" "$CLIENT_SOURCES/python/requirements-python-sdk.txt" || exit 1
    else
        skip clients "FastMCP, Python SDK 1: there is no Python with venv on this machine"
    fi
    if command -v go >/dev/null; then
        once "$CLIENT_PROGRAMS/go" "$CLIENT_SOURCES/go" -- env GOFLAGS='-mod=mod -buildvcs=false' \
            go build -C "$CLIENT_SOURCES/go" -o "$CLIENT_PROGRAMS/go/go-sdk" . || exit 1
    else
        skip clients "go-sdk: there is no Go on this machine"
    fi
}
