# shellcheck shell=bash
# The authorization servers of test/servers that are not in npm: into .dev/servers, again only when what they are made of changes.

readonly AUTHORIZATION_SERVERS=$ROOT/.dev/servers SERVER_SOURCES=$ROOT/test/servers

# Whoever lacks Java or Python is told which servers are skipped; CI installs what Debian has, and fails without the rest.
prepare_servers() {
    need_peers
    need_npm_packages test/servers
    if [ "${CI:-}" = true ]; then
        python3 -c 'import ensurepip' 2>/dev/null || need python
        { command -v mvn && command -v javac; } >/dev/null || need java
    fi
    if python3 -c 'import ensurepip' 2>/dev/null; then
        make_server django "$SERVER_SOURCES/django/requirements.txt" python_server
    else
        skip servers "django-oauth-toolkit: there is no Python with venv on this machine"
    fi
    if { command -v mvn && command -v javac; } >/dev/null; then
        make_server keycloak "$ROOT/examples/keycloak-quickstart/compose.yml" keycloak_server
        make_server spring "$SERVER_SOURCES/spring" spring_server
    else
        skip servers "Keycloak, Spring Authorization Server: there is no Maven or no JDK on this machine"
    fi
}

# make_server <name> <source> <function>: unless the source was the same the last time that it worked. Without the network a
# developer goes on without that server.
make_server() {
    local name=$1 folder=$AUTHORIZATION_SERVERS/$1 sum
    sum=$(find "$2" -type f -exec sha256sum {} + | sort | sha256sum)
    [ "$(cat "$folder/complete" 2>/dev/null)" != "$sum" ] || return 0
    rm -rf "$folder"
    mkdir -p "$folder"
    if step "servers $name" "$3" "$folder"; then
        echo "$sum" >"$folder/complete"
    elif [ "${CI:-}" = true ]; then
        exit 1
    else
        skip servers "$name: it could not be installed, see $(log_of "servers $name")"
    fi
}

python_server() {
    python3 -m venv "$1" && "$1/bin/pip" install --quiet --no-deps --only-binary :all: --requirement "$SERVER_SOURCES/django/requirements.txt"
}

# The version of the quick start.
keycloak_server() {
    local version
    version=$(sed -nE 's/.*image: keycloak\/keycloak:([0-9.]+)$/\1/p' "$ROOT/examples/keycloak-quickstart/compose.yml")
    mvn --batch-mode --quiet org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
        -Dartifact="org.keycloak:keycloak-quarkus-dist:$version:tar.gz" -DoutputDirectory="$1" &&
        tar --extract --gzip --strip-components 1 --directory "$1" --file "$1/keycloak-quarkus-dist-$version.tar.gz" &&
        rm "$1/keycloak-quarkus-dist-$version.tar.gz"
}

spring_server() {
    mvn --batch-mode --quiet --file "$SERVER_SOURCES/spring" -DbuildDirectory="$1" compile dependency:copy-dependencies
}
