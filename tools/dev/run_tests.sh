# ./dev test. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root, state and the like are of ./dev

test_kinds="unit sim integration e2e api all"

test_unit() {
  say "unit tests ($preset)"
  ctest --preset "$preset" -L unit -j"$(nproc)" --output-on-failure --no-tests=error
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
  start_own_platform e2e --workers 2
  local test failed=0
  for test in tests/e2e/*.test.js; do
    # One file after the other: some take the platform's parts away.
    node --test --test-reporter=spec "$test" || failed=1
  done
  [ $failed = 0 ] || fail "an e2e test failed" "the services' logs: $state/logs"
)

# The API's description: linted, and played against the running registry with made-up calls.
test_api() (
  say "API tests"
  prepare_api_tools
  start_own_platform api --workers 1
  node tests/api/run.js --examples "${API_EXAMPLES:-8}" ||
    fail "the registry does not keep to the API's description" "the services' logs: $state/logs"
)

cmd_test() {
  take_preset "$@"
  local kind kinds=("${rest[@]:-all}")
  for kind in "${kinds[@]}"; do
    [[ " $test_kinds " == *" $kind "* ]] || fail "unknown kind of test '$kind'" "./dev test [unit|sim|integration|e2e|api|all]"
  done
  local targets=()
  for kind in "${kinds[@]}"; do
    if [ "$kind" = sim ]; then targets+=(sim); else targets+=("${kind}_tests"); fi
  done
  # Everything, where the services themselves are run.
  [[ " ${kinds[*]} " =~ \ (e2e|api|all)\  ]] && targets=()
  cmd_build --preset "$preset" "${targets[@]}"
  for kind in "${kinds[@]}"; do
    if [ "$kind" = unit ] || [ "$kind" = all ]; then test_unit; fi
    if [ "$kind" = sim ] || [ "$kind" = all ]; then test_sim; fi
    if [ "$kind" = integration ] || [ "$kind" = all ]; then test_integration; fi
    if [ "$kind" = e2e ] || [ "$kind" = all ]; then test_e2e; fi
    if [ "$kind" = api ] || [ "$kind" = all ]; then test_api; fi
  done
}
