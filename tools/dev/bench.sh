# ./dev bench. Sourced, not run.
# shellcheck shell=bash

bench_names="log|ingest"

# A benchmark on a platform of its own, thrown away afterwards.
cmd_bench() (
  local name="${1:-}"
  case "$name" in
    log)
      shift
      prepare_dashboard_tools
      start_own_platform bench --workers 1
      node "tests/load/delivery_log.js" "$@"
      ;;
    ingest)
      shift
      cmd_build load-publish load-echo load-produce
      start_own_platform bench --workers 0
      node "tests/load/ingest.js" "$@"
      ;;
    *) fail "unknown benchmark '$name'" "./dev bench $bench_names [OPTIONS]; see tests/load/*.js" ;;
  esac
)
