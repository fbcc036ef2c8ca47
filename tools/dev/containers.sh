# ./dev test deploy --containers: the images and docker-compose.yml, with an engine of its own. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root and state are of ./dev

# Images stay there between runs, so that a run builds what has changed.
engine_dir="$root/.dev/containers"
object_store=172.17.0.1:7788

# Installs what is missing, without the services that Debian would start with it. Arguments: PROGRAM:PACKAGE of more.
install_container_tools() {
  local tool policy=/usr/sbin/policy-rc.d missing=()
  for tool in dockerd:docker.io docker-compose:docker-compose debootstrap:debootstrap slirp4netns:slirp4netns "$@"; do
    PATH="$PATH:/usr/sbin" command -v "${tool%%:*}" >/dev/null || missing+=("${tool#*:}")
  done
  [ ${#missing[@]} = 0 ] && return
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && as_root chmod +x "$policy" && local made=1; }
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
  [ -z "${made:-}" ] || as_root rm "$policy"
  if [[ " ${missing[*]} " == *" docker.io "* ]] && command -v systemctl >/dev/null; then
    as_root systemctl disable --quiet docker.service docker.socket containerd.service
  fi
  if [[ " ${missing[*]} " == *" etcd-server "* ]] && command -v systemctl >/dev/null; then
    as_root systemctl disable --quiet etcd.service
  fi
}

start_engine() {
  local ends=$((SECONDS + 60))
  # shellcheck disable=SC2086  # options, not one word
  as_root setpriv --pdeathsig TERM tests/deploy/engine.sh "$engine_dir" --group "$(id -g)" ${WEBHOOK_DOCKERD_OPTIONS:-} \
    >"$state/logs/engine.log" 2>&1 &
  engine=$!
  export DOCKER_HOST="unix://$engine_dir/docker.sock"
  until docker version >/dev/null 2>&1; do
    [ $SECONDS -lt $ends ] && kill -0 $engine || fail "the container engine does not start" "see $state/logs/engine.log"
    sleep 0.2
  done
}

# In the engine's network, at the address that the machine has for its containers.
start_object_store() {
  as_root nsenter --net="/proc/$(cat "$engine_dir/run/pid")/ns/net" setpriv --pdeathsig TERM \
    python3 tests/deploy/object_store.py "$object_store" "$engine_dir/objects" >"$state/logs/object-store.log" 2>&1 &
  store=$!
}

# They end with the shells that have started them; the engine stops what still runs, and is waited for.
stop_engine() {
  local ends=$((SECONDS + 90))
  kill "$engine" ${store:+"$store"} 2>/dev/null || true
  while [ -e "/proc/$(cat "$engine_dir/run/pid" || echo none)" ] && [ $SECONDS -lt $ends ]; do sleep 0.2; done
}

# What images are made from where debian:bookworm-slim cannot be pulled: the same by debootstrap.
make_debian() {
  local base="$1"
  as_root debootstrap --variant=minbase bookworm "$base"
  as_root rm -rf "$base"/var/lib/apt/lists "$base"/var/cache/apt/* "$base"/usr/share/{locale,man}
  # As in the image that is pulled: nothing is kept that programs do not need.
  as_root tee "$base/etc/apt/apt.conf.d/90small" >/dev/null <<'TEXT'
DPkg::Post-Invoke {"rm -f /var/cache/apt/archives/*.deb";};
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
TEXT
  as_root tee "$base/etc/dpkg/dpkg.cfg.d/90small" >/dev/null <<'TEXT'
path-exclude /usr/share/locale/*
path-exclude /usr/share/man/*
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
TEXT
  as_root tar -C "$base" -c . | docker import - debian:bookworm-slim
}

# The base of all images, with what this machine knows of the way to its registries: authorities and proxies.
prepare_base_image() {
  local base="$engine_dir/base"
  docker image inspect webhook-test-debian >/dev/null 2>&1 && return
  as_root rm -rf "$base"
  mkdir -p "$base/certificates" "$base/apt"
  timeout 120 docker pull -q debian:bookworm-slim || make_debian "$base/root"
  cp /usr/local/share/ca-certificates/*.crt "$base/certificates/" 2>/dev/null || true
  apt-config dump | grep -E '^Acquire::(https?::Proxy|Check-)' >"$base/apt/90host" || true
  printf 'FROM debian:bookworm-slim\nCOPY certificates /usr/local/share/ca-certificates\nCOPY apt /etc/apt/apt.conf.d\n' \
    >"$base/Dockerfile"
  tar -C "$base" -c Dockerfile certificates apt | DOCKER_BUILDKIT=0 docker build -q -t webhook-test-debian -
  as_root rm -rf "$base"
}

# with_engine COMMAND…: the command with the options of `docker compose build` that this machine needs, while an engine
# runs.
with_engine() (
  local name engine store="" arguments=(--build-arg "CCACHE_REMOTE_STORAGE=http://$object_store|layout=flat")
  step "installing the container engine" "$state/logs/engine-install.log" install_container_tools
  # Where something ends early, what it started ends too.
  trap 'stop_engine' EXIT
  start_engine
  start_object_store
  step "base image" "$state/logs/engine-base.log" prepare_base_image
  for name in http_proxy https_proxy no_proxy; do
    [ -z "${!name:-}" ] || arguments+=(--build-arg "$name=${!name}")
  done
  export DEBIAN_IMAGE=webhook-test-debian COMPOSE_PROJECT_NAME=webhook-test
  "$@" "${arguments[@]}"
)

build_and_test_containers() {
  cmd_images "$@"
  python3 tests/deploy/containers_test.py --engine "$engine_dir" || fail "containers are not as they must be" \
    "logs: $state/logs/containers"
}

test_containers() {
  say "containers"
  with_engine build_and_test_containers
}
