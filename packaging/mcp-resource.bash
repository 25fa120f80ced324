# Completion of mcp-resource for bash. What there is, is what --help lists (test/e2e/command-completion.test.mjs).

# The words of a command line that name a command: "token inspect".
_mcp_resource_command() {
    local word words=()
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word =~ ^[a-z]+$ ]] || break
        words+=("$word")
        [[ $word == keys || $word == token ]] || break
    done
    printf '%s\n' "${words[*]}"
}

_mcp_resource() {
    local current=${COMP_WORDS[COMP_CWORD]} command help
    COMPREPLY=()
    command=$(_mcp_resource_command)
    # shellcheck disable=SC2086 # one word, or two
    help=$(mcp-resource $command --help 2>/dev/null) || return
    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(sed -nE 's/^ {2}(-[a-z], )?(--[a-z-]+)( .*)?$/\2/p' <<<"$help")" -- "$current")
        return
    fi
    case $command:${COMP_WORDS[COMP_CWORD-1]} in
        :* | keys:* | token:*)
            mapfile -t COMPREPLY < <(compgen -W "$(sed -nE "s/^ {2}(${command:+$command }([a-z]+)|([a-z]+) [a-z]+|([a-z]+)) {2,}.*/\2\3\4/p" <<<"$help")" -- "$current")
            ;;
        help:*) mapfile -t COMPREPLY < <(compgen -W "variables keys" -- "$current") ;;
        *:--color) mapfile -t COMPREPLY < <(compgen -W "auto always never" -- "$current") ;;
        *:--client-authentication)
            mapfile -t COMPREPLY < <(compgen -W "client_secret_basic client_secret_post private_key_jwt tls_client_auth" -- "$current")
            ;;
        "keys generate:--algorithm") mapfile -t COMPREPLY < <(compgen -W "RS256 PS256 ES256 ES384 EdDSA" -- "$current") ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    esac
}
complete -o filenames -F _mcp_resource mcp-resource
