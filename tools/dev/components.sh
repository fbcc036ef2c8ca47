# Processes of a local platform: each is a name, a command file, a pid file and a log. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root, state and the like are of ./dev

stop_patience=40 # seconds; longer than the services' drain

# True while the process runs: a zombie does not, nor one that ends while this looks.
process_runs() {
  grep -qsv Z <(cut -d' ' -f3 "/proc/$1/stat" 2>/dev/null)
}

component_pid() {
  local file="$state/run/pids/$1.pid" pid
  [ -s "$file" ] || return 1
  pid="$(cat "$file")"
  # A pid may belong to a stranger by now: only a process of this state directory counts.
  # The services' environment is for root alone to read.
  grep -qsF "PLATFORM_STATE_DIR=$state" "/proc/$pid/environ" || grep -qsaF "$state/bin/" "/proc/$pid/cmdline" || return 1
  process_runs "$pid" || return 1
  echo "$pid"
}

# True while the process that was started runs, whatever it is yet: for a moment after its start it is still a shell.
component_lives() {
  local file="$state/run/pids/$1.pid"
  [ -s "$file" ] && process_runs "$(cat "$file")"
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
  # What was killed may still be giving back its sockets.
  local file tries
  for file in "$state/run/ports/$name".*; do
    for ((tries = 0; tries < 40; ++tries)); do
      { [ ! -e "$file" ] || port_is_free "$(cat "$file")"; } && break
      sleep 0.05
    done
  done
}

# await NAME SECONDS COMMAND…: until the command succeeds. A component that ends meanwhile is told with its log.
await() {
  local name="$1" ends=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ! component_lives "$name"; then
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

# The port that NAME keeps: port NAME.
port() {
  local file="$state/run/ports/$1"
  if [ -s "$file" ]; then
    cat "$file"
    return
  fi
  mkdir -p "$state/run/ports"
  # Below the range that outgoing connections take theirs from: a port must still be free when its owner restarts.
  python3 - "$state"/run/ports/* <<'PY' | tee "$file"
import pathlib, random, socket, sys
known = {path.read_text().strip() for path in map(pathlib.Path, sys.argv[1:]) if path.exists()}
while True:
    port = random.randrange(20000, 32000)
    if str(port) in known:
        continue
    with socket.socket() as s:
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            continue
    print(port)
    break
PY
}

# Gives up the ports that a stranger has taken since. Only while nothing of ours is being started: a component that has
# just bound its port would look like one.
forget_taken_ports() {
  local file name
  for file in "$state"/run/ports/*; do
    [ -e "$file" ] || continue
    name="$(basename "$file")"
    component_pid "${name%%.*}" >/dev/null || port_is_free "$(cat "$file")" || rm "$file"
  done
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
