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

python_server() { python_environment "$DIFFERENTIAL/$1" "$SERVERS/$1/requirements.txt" || exit 1; }

go_servers() {
    once "$DIFFERENTIAL/go" "$SERVERS/go" -- env GOFLAGS='-mod=mod -buildvcs=false' \
        go build -C "$SERVERS/go" -o "$DIFFERENTIAL/go/" ./mcp-go ./go-sdk || exit 1
}

java_server() {
    once "$DIFFERENTIAL/java" "$SERVERS/java" -- mvn --batch-mode --quiet --file "$SERVERS/java" \
        -DbuildDirectory="$DIFFERENTIAL/java" compile dependency:copy-dependencies || exit 1
}
