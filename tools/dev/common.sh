# Shared by the parts of ./dev. Sourced, not run.
# shellcheck shell=bash

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }

# Ends the command with what went wrong and, in the second argument, what to do about it.
fail() {
  printf 'error: %s\n' "$1" >&2
  [ $# -gt 1 ] && printf '  fix: %s\n' "$2" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Runs a step whose output matters only when it fails: step TITLE LOG COMMAND… A function of several commands joins them
# by &&: in a condition the shell does not end at the first that fails.
step() {
  local title="$1" log="$2" started=$SECONDS
  shift 2
  mkdir -p "$(dirname "$log")"
  printf '    %s … ' "$title"
  if "$@" >"$log" 2>&1; then
    printf 'done (%d s)\n' $((SECONDS - started))
  else
    printf 'failed\n'
    tail -n 30 "$log" >&2
    fail "$title failed; the whole log: $log"
  fi
}
