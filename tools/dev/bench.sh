# ./dev bench. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root, state and the like are of ./dev

# Each is tests/load/NAME.js, whose first line says what it measures; in this order.
bench_names="egress ingest pipeline drain latency isolation waiting log scale allocations"

list_benchmarks() {
  local name
  for name in $bench_names; do printf '%-12s %s\n' "$name" "$(sed -n '1s#^// ##p' "tests/load/$name.js")"; done
}

load_test_modules() {
  [ tests/load/node_modules/.package-lock.json -nt tests/load/package-lock.json ] ||
    step "fetching what draws charts" "$state/logs/load-npm.log" npm ci --prefix tests/load --no-audit --no-fund
}

# What counts the worker's allocations is loaded before its C library.
count_allocations() {
  worker_settings=("LD_PRELOAD=$root/build/release/lib/liballoc_count.so" "ALLOC_COUNT_FILE=$root/.dev/bench/data/allocations")
}

# The platform that a benchmark loads, thrown away afterwards.
start_bench_platform() {
  # The contract's real pauses.
  time_scale=1
  case "$1" in
    egress) export WEBHOOK_BIN_DIR="$root/build/release/bin" ;; # the HTTP sender alone
    ingest) start_own_platform bench --workers 0 ;;
    scale) start_own_platform bench --workers 2 ;;
    allocations)
      count_allocations
      start_own_platform bench --workers 1
      ;;
    *) start_own_platform bench --workers 1 ;;
  esac
}

run_benchmark() (
  local name="$1"
  shift
  say "bench $name"
  [ "$name" != log ] || prepare_dashboard_tools
  start_bench_platform "$name"
  node "tests/load/$name.js" "$@"
)

# To see that all work: a minute or two, on one platform.
run_quick_benchmarks() (
  local name
  prepare_dashboard_tools
  time_scale=1
  count_allocations
  start_own_platform bench --workers 2
  for name in $bench_names; do
    [ "$name" != ingest ] || continue
    say "bench $name"
    node "tests/load/$name.js" "$@"
  done
  # It wants no worker, and leaves no registry.
  for name in $(component_names | grep '^delivery-worker-'); do cmd_stop "$name"; done
  say "bench ingest"
  node tests/load/ingest.js "$@"
)

cmd_bench() {
  local name="${1:-}"
  if [ -z "$name" ]; then
    list_benchmarks
    return
  fi
  shift
  [[ " $bench_names all " == *" $name "* ]] ||
    fail "unknown benchmark '$name'" "./dev bench ${bench_names// /|}|all [OPTIONS]; see tests/load/*.js"
  load_test_modules
  cmd_build load_tools
  if [ "$name" != all ]; then
    run_benchmark "$name" "$@"
  elif [[ " $* " == *" --quick "* ]]; then
    run_quick_benchmarks "$@"
  else
    for name in $bench_names; do run_benchmark "$name" "$@"; done
  fi
}
