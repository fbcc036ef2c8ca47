# ./dev bench. Sourced, not run.
# shellcheck shell=bash

bench_names="log"

# A benchmark on a platform of its own, thrown away afterwards.
cmd_bench() (
  local name="${1:-}"
  case "$name" in
    log) shift ;;
    *) fail "unknown benchmark '$name'" "./dev bench $bench_names [OPTIONS]; see tests/load/*.js" ;;
  esac
  prepare_dashboard_tools
  start_own_platform bench --workers 1
  node "tests/load/delivery_log.js" "$@"
)
