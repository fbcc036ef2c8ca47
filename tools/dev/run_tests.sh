# ./dev test. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root, state and the like are of ./dev

default_kinds="unit sim integration e2e tls api dashboard"
test_kinds="$default_kinds deploy panels all"

test_unit() {
  say "unit tests ($preset)"
  ctest --preset "$preset" -L unit -j"$(nproc)" --output-on-failure --no-tests=error
  say "unit tests of the dashboard"
  node --test tests/dashboard/unit/*.test.js
  say "unit tests of the benchmarks"
  node --test tests/load/unit/*.test.js
}

# The engine against a model of Kafka, under virtual time: faults by seed, every crash point of a small run, and each
# guard taken away, to see that this is noticed.
test_sim() {
  say "simulator ($preset)"
  local sim="$root/build/$preset/bin/sim"
  "$sim" --seeds "${SIM_SEEDS:-2000}"
  "$sim" --crash-points
  "$sim" --mutate all --from 1001
}

# Adapters against the real thing: a Kafka and a Postgres of their own, thrown away afterwards. They are prepared by the
# release build's webhookctl.
test_integration() (
  say "integration tests ($preset)"
  state="$root/.dev/integration"
  trap 'cmd_down --purge >/dev/null' EXIT
  start_dependencies
  create_database
  export WEBHOOK_TEST_KAFKA="$kafka_address" WEBHOOK_TEST_PG_DSN="$pg_dsn"
  ctest --preset "$preset" -L integration --output-on-failure --no-tests=error
)

# The whole platform through its public doors: a platform of its own, thrown away afterwards. Its logs stay where a
# test fails.
test_e2e() (
  say "e2e tests"
  start_own_platform e2e --workers 2 --traces
  local test failed=0
  for test in tests/e2e/*.test.js; do
    # One file after the other: some take the platform's parts away.
    node --test --test-reporter=spec "$test" || failed=1
  done
  [ $failed = 0 ] || fail "an e2e test failed" "the services' logs: $state/logs"
)

# A platform with TLS between all of its parts: gRPC with certificates of both sides, Kafka by SASL, Postgres.
test_tls() (
  say "TLS tests"
  start_own_platform tls --workers 1 --tls
  node --test --test-reporter=spec tests/e2e/tls/*.test.js ||
    fail "a TLS test failed" "the services' logs: $state/logs"
)

# The API's description: linted, and played against the running registry with made-up calls.
test_api() (
  say "API tests"
  prepare_api_tools
  start_own_platform api --workers 1
  node tests/api/run.js --examples "${API_EXAMPLES:-8}" ||
    fail "the registry does not keep to the API's description" "the services' logs: $state/logs"
)

# Builds what these kinds of tests run.
build_tests() {
  local kind targets=()
  # They build for themselves.
  [ "$*" != containers ] || return 0
  for kind in "$@"; do
    case "$kind" in
      containers) continue ;;
      kubernetes) targets+=(webhookctl) ;;
      deploy) targets+=(registry event-ingest delivery-worker) ;;
      sim) targets+=(sim) ;;
      *) targets+=("${kind}_tests") ;;
    esac
  done
  # Everything, where the services themselves are run.
  [[ " $* " =~ \ (e2e|tls|api|dashboard|panels|all)\  ]] && targets=()
  cmd_build --preset "$preset" "${targets[@]}"
}

cmd_test() {
  take_preset "$@"
  local kind kinds=() update=() deploy=deploy
  for kind in "${rest[@]:-all}"; do
    if [ "$kind" = --update ]; then
      update=(--update)
      continue
    fi
    if [[ "$kind" = --containers || "$kind" = --kubernetes ]]; then
      deploy="${kind#--}"
      continue
    fi
    [[ " $test_kinds " == *" $kind "* ]] ||
      fail "unknown kind of test '$kind'" "one of: $test_kinds"
    kinds+=("$kind")
  done
  kinds=("${kinds[@]/#deploy/$deploy}")
  build_tests "${kinds[@]}"
  # shellcheck disable=SC2086  # a list of words
  [[ " ${kinds[*]} " != *" all "* ]] || kinds=($default_kinds)
  for kind in "${kinds[@]}"; do
    "test_$kind" "${update[@]}"
  done
}
