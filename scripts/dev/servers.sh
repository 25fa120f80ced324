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
        python_environment "$AUTHORIZATION_SERVERS/django" "$SERVER_SOURCES/django/requirements.txt" || go_on_without django
    else
        skip servers "django-oauth-toolkit: there is no Python with venv on this machine"
    fi
    if { command -v mvn && command -v javac; } >/dev/null; then
        once "$AUTHORIZATION_SERVERS/keycloak" "$ROOT/examples/keycloak-quickstart/compose.yml" -- keycloak_server "$AUTHORIZATION_SERVERS/keycloak" ||
            go_on_without keycloak
        once "$AUTHORIZATION_SERVERS/spring" "$SERVER_SOURCES/spring" -- spring_server "$AUTHORIZATION_SERVERS/spring" ||
            go_on_without spring
    else
        skip servers "Keycloak, Spring Authorization Server: there is no Maven or no JDK on this machine"
    fi
}

# A developer without the network has the other servers.
go_on_without() {
    [ "${CI:-}" != true ] || exit 1
    skip servers "$1: it could not be installed, see $(log_of "servers $1")"
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
