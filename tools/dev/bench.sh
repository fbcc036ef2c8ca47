# ./dev bench. Sourced, not run.
# shellcheck shell=bash

bench_names="log|egress"

# The HTTP sender alone: no platform.
bench_egress() {
  cmd_build load-egress load-sink
  WEBHOOK_BIN_DIR="$root/build/release/bin" node tests/load/egress.js "$@"
}

# A benchmark on a platform of its own, thrown away afterwards.
cmd_bench() (
  local name="${1:-}"
  case "$name" in
    log) shift ;;
    egress)
      shift
      bench_egress "$@"
      return
      ;;
    *) fail "unknown benchmark '$name'" "./dev bench $bench_names [OPTIONS]; see tests/load/*.js" ;;
  esac
  prepare_dashboard_tools
  start_own_platform bench --workers 1
  node "tests/load/delivery_log.js" "$@"
)
