# ./dev build. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root, state and the like are of ./dev

presets="dev release asan tsan fuzz"

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
  { rdkafka_is_current && kafka_is_current; } || cmd_setup
  say "build ($preset)"
  step "configure" "$state/logs/configure-$preset.log" cmake --preset "$preset"
  cmake --build --preset "$preset" -j"$(nproc)" ${rest[0]:+--target "${rest[@]}"}
}

# The documents that are made from the code.
cmd_docs() {
  cmd_build webhookctl
  "$root/build/release/bin/webhookctl" reference metrics >docs/metrics.md
}
