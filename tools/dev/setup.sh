# ./dev setup and ./dev doctor. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root and state are of ./dev

# What the build needs, the images' too, and what only tests and tools do.
mapfile -t packages <tools/dev/build_packages.txt
packages+=(git curl python3-venv clang-format-14 shellcheck jq openssl postgresql-15 openjdk-17-jre-headless maven)

rdkafka_prefix="$root/.dev/deps/librdkafka"
kafka_prefix="$root/.dev/deps/kafka"
jsoncons_prefix="$root/.dev/deps/jsoncons"
dashboard_prefix="$root/.dev/deps/dashboard"

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
  done
  node_is_new_enough || printf 'nodejs\nnpm\n'
}

node_is_new_enough() {
  command -v npm >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge 18 ]
}

install_packages() {
  local wanted
  mapfile -t wanted < <(missing_packages)
  [ ${#wanted[@]} = 0 ] && return
  command -v apt-get >/dev/null || fail "this is not Debian or Ubuntu" "install by hand: ${wanted[*]}"
  export DEBIAN_FRONTEND=noninteractive
  step "apt-get update" "$state/logs/apt-update.log" as_root apt-get update -qq
  step "installing ${#wanted[@]} packages" "$state/logs/apt-install.log" \
    as_root apt-get install -y --no-install-recommends "${wanted[@]}"
}

# True where the archive was built by the script as it is now.
rdkafka_is_current() { [ "$rdkafka_prefix/stamp" -nt tools/dev/build_rdkafka.sh ]; }

jsoncons_is_current() { [ "$jsoncons_prefix/stamp" -nt tools/dev/fetch_jsoncons.sh ]; }

dashboard_is_current() { cmp -s "$dashboard_prefix/stamp" services/registry/dashboard/package-lock.json; }

kafka_is_current() { cmp -s "$kafka_prefix/stamp" tools/dev/kafka/SHA256SUMS; }

# npm keeps a copy of the lock file beside what it has installed.
modules_are_current() { [ tests/e2e/node_modules/.package-lock.json -nt tests/e2e/package-lock.json ]; }

api_venv="$root/.dev/deps/api-tests"

# What only the API tests need.
prepare_api_tools() {
  [ tests/api/node_modules/.package-lock.json -nt tests/api/package-lock.json ] ||
    step "fetching the API tests' linters" "$state/logs/api-npm.log" npm ci --prefix tests/api --no-audit --no-fund
  [ "$api_venv/stamp" -nt tests/api/requirements.txt ] ||
    step "fetching schemathesis" "$state/logs/api-pip.log" install_schemathesis
}

install_schemathesis() {
  python3 -m venv --clear "$api_venv" &&
    "$api_venv/bin/pip" install --quiet --require-hashes -r tests/api/requirements.txt &&
    touch "$api_venv/stamp"
}

cmd_setup() {
  say "setup"
  install_packages
  rdkafka_is_current ||
    step "building librdkafka" "$state/logs/librdkafka.log" tools/dev/build_rdkafka.sh "$rdkafka_prefix"
  kafka_is_current || step "fetching Kafka" "$state/logs/kafka-fetch.log" tools/dev/fetch_kafka.sh "$kafka_prefix"
  jsoncons_is_current ||
    step "fetching jsoncons" "$state/logs/jsoncons.log" tools/dev/fetch_jsoncons.sh "$jsoncons_prefix"
  dashboard_is_current ||
    step "fetching the dashboard's modules" "$state/logs/dashboard-npm.log" \
      tools/dev/fetch_dashboard_modules.sh services/registry/dashboard "$dashboard_prefix"
  modules_are_current || step "fetching the tests' modules" "$state/logs/npm.log" npm ci --prefix tests/e2e --no-audit --no-fund
  echo "    all there"
}

cmd_doctor() {
  local wanted
  mapfile -t wanted < <(missing_packages)
  echo "checkout      $root"
  echo "compiler      $(g++ --version 2>/dev/null | head -1 || echo missing)"
  echo "cmake         $(cmake --version 2>/dev/null | head -1 || echo missing)"
  echo "librdkafka    $(rdkafka_is_current && echo built || echo missing)"
  echo "kafka         $(kafka_is_current && echo fetched || echo missing)"
  echo "jsoncons      $(jsoncons_is_current && echo fetched || echo missing)"
  echo "dashboard     $(dashboard_is_current && echo fetched || echo missing)"
  echo "test modules  $(modules_are_current && echo fetched || echo missing)"
  echo "packages      ${wanted[*]:-all there}"
  if [ ${#wanted[@]} -gt 0 ] || ! rdkafka_is_current || ! kafka_is_current || ! jsoncons_is_current ||
    ! dashboard_is_current; then
    fail "something is missing" "./dev setup"
  fi
}
