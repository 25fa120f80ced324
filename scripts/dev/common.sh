# shellcheck shell=bash
# Messages and logged steps, for every part of ./dev.

LOGS=$ROOT/.dev/logs

die() {
    echo "./dev: $*" >&2
    exit 1
}

log_of() { echo "$LOGS/${1// /-}.log"; }

# step <name> <command...>: runs it with its output in a log. Says when it begins, how far it is every 15 seconds, how it
# ended; shows the log's last lines when it failed. Its status is the command's.
step() {
    local name=$1 log start=$SECONDS status=0 heartbeat
    shift
    log=$(log_of "$name")
    mkdir -p "$LOGS"
    echo "-> $name"
    : >"$log"
    show_progress "$log" &
    heartbeat=$!
    "$@" >"$log" 2>&1 </dev/null || status=$?
    kill "$heartbeat" 2>/dev/null || true
    wait "$heartbeat" 2>/dev/null || true
    if [ "$status" -eq 0 ]; then
        echo "   $name: ok, $((SECONDS - start)) s"
    else
        tail -n 60 "$log" | sed 's/^/   | /'
        { echo "$name:" && main_points "$log"; } >>"$LOGS/trouble.txt"
        echo "   $name: FAILED with status $status after $((SECONDS - start)) s, log: ${log#"$ROOT"/}"
    fi
    return "$status"
}

# The lines of a log that say what went wrong; the last ones where none looks like it.
main_points() {
    { grep -aE '^ *(not ok|✖|#   Failed test)|(error|ERROR|fatal|FAILED)\b|^E: |^npm ERR|Error:' "$1" || tail -n 6 "$1"; } |
        head -n 8 | cut -c 1-170 | sed 's/^/   /'
}

show_progress() {
    local log=$1 start=$SECONDS
    # sleep holds no output of ours open when it outlives this loop.
    while sleep 15 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
        echo "   ... $((SECONDS - start)) s: $(tail -n 25 "$log" | tr -d '\r' | grep -v '^npm warn' | grep . | tail -n 1 | cut -c 1-110)"
    done
}

# once <folder> <source...> -- <command...>: fills .dev/<kind>/<name>, unless the sources were the same the last time that it worked.
once() {
    local folder=$1 sources=() sum
    shift
    while [ "$1" != -- ]; do sources+=("$1") && shift; done
    shift
    sum=$(find "${sources[@]}" -type f -exec sha256sum {} + | sort | sha256sum)
    [ "$(cat "$folder/complete" 2>/dev/null)" != "$sum" ] || return 0
    rm -rf "$folder"
    mkdir -p "$folder"
    step "$(basename "$(dirname "$folder")") $(basename "$folder")" "$@" || return
    echo "$sum" >"$folder/complete"
}

# python_environment <folder> <requirements>: as once() has it, with exactly these packages.
python_environment() {
    once "$1" "$2" -- make_python_environment "$1" "$2"
}

make_python_environment() {
    python3 -m venv "$1" && "$1/bin/pip" install --quiet --no-deps --only-binary :all: --requirement "$2"
}
