# ./dev test. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root, state and the like are of ./dev

test_unit() {
  say "unit tests ($preset)"
  ctest --preset "$preset" -L unit -j"$(nproc)" --output-on-failure --no-tests=error
}

cmd_test() {
  take_preset "$@"
  local kind
  for kind in "${rest[@]:-all}"; do
    case "$kind" in
      unit | all) ;;
      *) fail "unknown kind of test '$kind'" "./dev test [unit|all]" ;;
    esac
  done
  cmd_build --preset "$preset"
  test_unit
}
