# Completion of mcp-resource for bash.
_mcp_resource() {
    local current=${COMP_WORDS[COMP_CWORD]} words=() word
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do [[ $word == -* ]] || words+=("$word"); done
    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(mcp-resource "${words[@]:0:2}" --help 2>/dev/null |
            grep -oE '(^|[ ,])--[a-z-]+' | tr -d ' ,')" -- "$current")
        return
    fi
    case ${words[*]:-} in
        "") mapfile -t COMPREPLY < <(compgen -W "run check render convert schema healthcheck nginx keys token doctor" -- "$current") ;;
        keys) mapfile -t COMPREPLY < <(compgen -W generate -- "$current") ;;
        token) mapfile -t COMPREPLY < <(compgen -W "mint inspect" -- "$current") ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    esac
}
complete -F _mcp_resource mcp-resource
