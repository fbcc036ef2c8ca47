# Processes of a local platform: each is a name, a command file, a pid file and a log. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root, state and the like are of ./dev

stop_patience=40 # seconds; longer than the services' drain

component_pid() {
  local file="$state/run/pids/$1.pid" pid
  [ -s "$file" ] || return 1
  pid="$(cat "$file")"
  # A pid may belong to a stranger by now: only a process of this state directory counts.
  grep -qsF "PLATFORM_STATE_DIR=$state" "/proc/$pid/environ" || return 1
  grep -qsv Z <(cut -d' ' -f3 "/proc/$pid/stat") || return 1
  echo "$pid"
}

component_names() {
  local file
  for file in "$state"/run/*.cmd; do
    [ -e "$file" ] && basename "$file" .cmd
  done
}

# Writes the command of a component: define_component NAME COMMAND… It is started with a clean environment. The file
# stays as old as it is where nothing changed.
define_component() {
  local name="$1" new
  shift
  new="$({
    echo "#!/bin/bash"
    printf 'exec env -i PATH=%q HOME=%q LANG=C.UTF-8 PLATFORM_STATE_DIR=%q' "$PATH" "$HOME" "$state"
    printf ' %q' "$@"
    echo
  })"
  [ "$new" = "$(cat "$state/run/$name.cmd" 2>/dev/null)" ] || echo "$new" >"$state/run/$name.cmd"
}

start_component() {
  local name="$1"
  [ -e "$state/run/$name.cmd" ] || fail "there is no '$name'" "one of: $(component_names | tr '\n' ' ')"
  component_pid "$name" >/dev/null && return
  mkdir -p "$state/logs" "$state/run/pids"
  setsid bash "$state/run/$name.cmd" >>"$state/logs/$name.log" 2>&1 </dev/null &
  echo $! >"$state/run/pids/$name.pid"
}

# stop_component NAME [SIGNAL]: TERM unless told otherwise; what does not go is killed.
stop_component() {
  local name="$1" signal="${2:-TERM}" pid waited=0
  pid="$(component_pid "$name")" || {
    rm -f "$state/run/pids/$name.pid"
    return 0
  }
  # Postgres ends its sessions only on a fast shutdown.
  [ "$name" = postgres ] && [ "$signal" = TERM ] && signal=INT
  kill -s "$signal" "$pid"
  while component_pid "$name" >/dev/null; do
    sleep 0.05
    waited=$((waited + 1))
    [ $waited = $((stop_patience * 20)) ] && kill -s KILL "$pid"
  done
  rm -f "$state/run/pids/$name.pid"
}

# await NAME SECONDS COMMAND…: until the command succeeds. A component that ends meanwhile is told with its log.
await() {
  local name="$1" ends=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ! component_pid "$name" >/dev/null; then
      tail -n 15 "$state/logs/$name.log" >&2
      fail "$name has ended" "the whole log: $state/logs/$name.log"
    fi
    if [ $SECONDS -ge $ends ]; then
      tail -n 15 "$state/logs/$name.log" >&2
      fail "$name is not ready in time" "the whole log: $state/logs/$name.log"
    fi
    sleep 0.05
  done
}

# The port that NAME keeps for as long as it is free: port NAME.
port() {
  local file="$state/run/ports/$1" owner="${1%%.*}"
  mkdir -p "$state/run/ports"
  if [ -s "$file" ] && { component_pid "$owner" >/dev/null || port_is_free "$(cat "$file")"; }; then
    cat "$file"
    return
  fi
  python3 - <<'PY' | tee "$file"
import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])
PY
}

port_is_free() {
  python3 - "$1" <<'PY'
import socket, sys
with socket.socket() as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        s.bind(("127.0.0.1", int(sys.argv[1])))
    except OSError:
        sys.exit(1)
PY
}
