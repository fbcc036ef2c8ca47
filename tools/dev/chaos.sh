# ./dev chaos and ./dev fuzz. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root, state and the like are of ./dev

# A platform of its own with three workers, thrown away afterwards; its logs stay.
cmd_chaos() (
  local scenario="${1:-}"
  case "$scenario" in
    kills | isolation | lateness | memory | replicas | redelivery | upgrade) shift ;;
    *) fail "unknown scenario '$scenario'" "./dev chaos kills|isolation|lateness|memory|replicas|redelivery|upgrade [OPTIONS]; see tests/chaos/*.js" ;;
  esac
  # The contract's real pauses: shorter ones would have what waits go round far more often.
  case "$scenario" in lateness | isolation) time_scale=1 ;; esac
  local size=(--workers 3)
  case "$scenario" in
    replicas) size=(--registry 2 --workers 2) ;;
    upgrade) size=(--registry 2 --ingest 2 --workers 3) ;;
  esac
  start_own_platform chaos "${size[@]}"
  # Endpoints and publishers stand for other machines: where this one is saturated, they are not to starve. The
  # components have sessions of their own, so this weighs for what is in ours.
  local result=0
  echo -15 2>/dev/null >/proc/self/autogroup || say "endpoints and platform get equal shares of the processors"
  node "tests/chaos/$scenario.js" "$@" || result=$?
  echo 0 2>/dev/null >/proc/self/autogroup || true
  return "$result"
)

fuzz_targets="checkpoint records canonical_json endpoint_url http_response"

# Each fuzz target for a time, beginning with its corpus; what it finds is to be mended and added there.
cmd_fuzz() {
  local seconds=60 target targets=()
  while [ $# -gt 0 ]; do
    case "$1" in
      --seconds) seconds="$2" && shift 2 ;;
      *) targets+=("$1") && shift ;;
    esac
  done
  [ ${#targets[@]} -gt 0 ] || read -ra targets <<<"$fuzz_targets"
  for target in "${targets[@]}"; do
    [[ " $fuzz_targets " == *" $target "* ]] || fail "unknown fuzz target '$target'" "one of: $fuzz_targets"
  done
  command -v clang++-14 >/dev/null ||
    step "installing clang" "$state/logs/clang.log" as_root apt-get install -y --no-install-recommends clang-14 libclang-rt-14-dev
  cmd_build --preset fuzz "${targets[@]/#/fuzz_}"
  for target in "${targets[@]}"; do
    say "fuzz $target for $seconds s"
    local found="$root/.dev/fuzz/$target"
    mkdir -p "$found"
    local pairs="$root/.dev/fuzz/pairs"
    [ "$target" != canonical_json ] || { rm -f "$pairs" && export FUZZ_PAIRS="$pairs"; }
    # First the folder that grows, then the one that is kept.
    (cd "$found" && "$root/build/fuzz/bin/fuzz_$target" -max_total_time="$seconds" -print_final_stats=1 -rss_limit_mb=2048 \
      "$found" "$root/tests/fuzz/corpus/$target") 2>&1 | grep -v "^\[libprotobuf" | grep -E "SUMMARY|number_of_executed|ERROR|_fuzz\.cc|artifact|DONE" ||
      fail "$target: a property does not hold" "the input lies in $found (crash-…): add it to tests/fuzz/corpus/$target"
    if [ "$target" = canonical_json ]; then node tests/fuzz/compare_json.js "$pairs"; fi
  done
}
