# shellcheck shell=bash
# The MCP servers of test/differential that must be built: into .dev/differential, again only when their sources change.

readonly DIFFERENTIAL=$ROOT/.dev/differential SERVERS=test/differential/servers

# A language that a developer's machine lacks is skipped; CI installs what Debian has, and fails without the rest.
prepare_differential() {
    need_node "$NODE_WANTED"
    need_npm_packages test/differential
    if [ "${CI:-}" = true ]; then
        python3 -c 'import ensurepip' 2>/dev/null || need python
        { command -v mvn && command -v javac; } >/dev/null || need java
    fi
    if python3 -c 'import ensurepip' 2>/dev/null; then
        python_server python-1
        python_server python-2
    else
        skip differential "python-sdk-1, python-sdk-2: there is no Python with venv on this machine"
    fi
    if command -v go >/dev/null; then go_servers; else skip differential "mcp-go, go-sdk: there is no Go on this machine"; fi
    if { command -v mvn && command -v javac; } >/dev/null; then
        java_server
    else
        skip differential "java-sdk: there is no Maven or no Java compiler on this machine"
    fi
}

# once <name> <source...> -- <command...>: unless these sources were the ones of the last time that it worked.
once() {
    local name=$1 folder=$DIFFERENTIAL/$1 sources=() sum
    shift
    while [ "$1" != -- ]; do sources+=("$1") && shift; done
    shift
    sum=$(find "${sources[@]}" -type f -exec sha256sum {} + | sort | sha256sum)
    [ "$(cat "$folder/complete" 2>/dev/null)" != "$sum" ] || return 0
    rm -rf "$folder"
    mkdir -p "$folder"
    step "differential $name" "$@" || exit 1
    echo "$sum" >"$folder/complete"
}

python_server() {
    once "$1" "$SERVERS/$1/requirements.txt" -- python_environment "$DIFFERENTIAL/$1" "$SERVERS/$1/requirements.txt"
}

python_environment() {
    python3 -m venv "$1" && "$1/bin/pip" install --quiet --no-deps --only-binary :all: --requirement "$2"
}

go_servers() {
    once go "$SERVERS/go" -- env GOFLAGS='-mod=mod -buildvcs=false' \
        go build -C "$SERVERS/go" -o "$DIFFERENTIAL/go/" ./mcp-go ./go-sdk
}

java_server() {
    once java "$SERVERS/java" -- mvn --batch-mode --quiet --file "$SERVERS/java" \
        -DbuildDirectory="$DIFFERENTIAL/java" compile dependency:copy-dependencies
}
