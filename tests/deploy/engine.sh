#!/usr/bin/env bash
# A container engine of its own: engine.sh FOLDER [DOCKERD OPTIONS…], as root, until TERM.
#
# It lives in network, mount and process namespaces of its own: it shares no bridge, port, mount or firewall rule with the
# machine, and when this process ends, the kernel takes away all that the engine and its containers have left. The socket
# is FOLDER/docker.sock, images stay in FOLDER/data, and FOLDER/run/pid is a process in the namespaces. The way out to the
# package registries is slirp4netns.
set -euo pipefail

if [ "${1:-}" = --inside ]; then
  folder="$2"
  shift 2
  # What it writes beside its folder, and the settings of an engine that the machine may have.
  for place in /run /opt /etc/docker; do
    [[ ! -d "$place" || "$folder" == "$place"/* ]] || mount -t tmpfs engine "$place"
  done
  ip link set lo up
  until ip -4 addr show tap0 2>/dev/null | grep -q inet; do sleep 0.1; done
  # slirp4netns asks the machine's resolver, which itself may be on a loopback address.
  echo "nameserver 10.0.2.3" >/run/resolv.conf
  resolver="$(readlink -m /etc/resolv.conf)"
  [ -e "$resolver" ] || { mkdir -p "$(dirname "$resolver")" && touch "$resolver"; }
  mount --bind /run/resolv.conf "$resolver"
  dockerd --data-root "$folder/data" --host "unix://$folder/docker.sock" --storage-driver overlay2 --log-level warn "$@" &
  engine=$!
  trap 'kill "$engine"' TERM
  # The signal ends the first wait, the engine the second.
  wait "$engine" || wait "$engine" || true
  exit 0
fi

folder="$(realpath -m "$1")"
shift
# What a killed engine has left would be taken for alive.
rm -rf "$folder/run" "$folder/docker.sock"
mkdir -p "$folder/run"

# Each dies with its parent, even one that is killed.
setpriv --pdeathsig KILL unshare --net --mount --pid --fork --kill-child --mount-proc \
  bash "${BASH_SOURCE[0]}" --inside "$folder" "$@" &
namespaces=$!
until [ "$(readlink "/proc/$namespaces/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
setpriv --pdeathsig KILL slirp4netns --configure --disable-host-loopback "$namespaces" tap0 >"$folder/run/network.log" 2>&1 &
network=$!
until inner="$(pgrep -P "$namespaces")"; do sleep 0.1; done
echo "$inner" >"$folder/run/pid"
trap 'kill "$inner"' TERM INT
wait "$namespaces" || wait "$namespaces" || true
kill "$network"
