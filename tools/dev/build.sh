# ./dev build and ./dev test. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root, state and the like are of ./dev

presets="dev release asan tsan"

# Sets `preset` and `rest` from the arguments.
take_preset() {
  preset=release
  rest=()
  while [ $# -gt 0 ]; do
    case "$1" in
      --preset)
        [ $# -gt 1 ] || fail "--preset needs a value" "one of: $presets"
        preset="$2"
        shift
        ;;
      --preset=*) preset="${1#*=}" ;;
      *) rest+=("$1") ;;
    esac
    shift
  done
  [[ " $presets " == *" $preset "* ]] || fail "unknown preset '$preset'" "one of: $presets"
}

cmd_build() {
  take_preset "$@"
  rdkafka_is_current || cmd_setup
  say "build ($preset)"
  step "configure" "$state/logs/configure-$preset.log" cmake --preset "$preset"
  cmake --build --preset "$preset" -j"$(nproc)" ${rest[0]:+--target "${rest[@]}"}
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
  say "unit tests ($preset)"
  ctest --preset "$preset" -L unit -j"$(nproc)" --output-on-failure --no-tests=error
}
