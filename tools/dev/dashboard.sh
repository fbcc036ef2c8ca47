# ./dev test dashboard. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root, state and the like are of ./dev

dashboard_test_modules() {
  [ tests/dashboard/node_modules/.package-lock.json -nt tests/dashboard/package-lock.json ] ||
    step "fetching the dashboard tests' modules" "$state/logs/dashboard-tests-npm.log" \
      npm ci --prefix tests/dashboard --no-audit --no-fund
}

# What only the browser tests need: a browser, and what drives it.
prepare_dashboard_tools() {
  if ! command -v chromium >/dev/null; then
    step "apt-get update" "$state/logs/apt-update.log" as_root apt-get update -qq
    step "installing Chromium" "$state/logs/chromium.log" \
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-dejavu-core
  fi
  dashboard_test_modules
}

lint_dashboard() {
  tests/dashboard/node_modules/.bin/eslint --config tests/dashboard/eslint.config.js services/registry/dashboard/web \
    tests/dashboard tests/load
}

# The dashboard in a real browser on a platform of its own. Its pure functions are unit tests.
test_dashboard() (
  say "dashboard tests"
  prepare_dashboard_tools
  start_own_platform dashboard --workers 2
  local test failed=0 logins log="$state/logs/dashboard-logins.log"
  # A key lives a minute at least before it expires: the others go on meanwhile.
  node --test --test-timeout=300000 --test-reporter=spec tests/dashboard/login.test.js >"$log" 2>&1 &
  logins=$!
  for test in tests/dashboard/*.test.js; do
    [[ "$test" = */login.test.js ]] || node --test --test-timeout=300000 --test-reporter=spec "$test" || failed=1
  done
  wait "$logins" || failed=1
  cat "$log"
  [ $failed = 0 ] || fail "a dashboard test failed" "the services' logs: $state/logs"
)

# Pictures of the pages: those of docs/dashboard.md, or with --all every page in three widths, light and dark.
cmd_screenshots() (
  [[ -z "${1:-}" || "$1" = --all ]] || fail "unknown option '$1'" "./dev screenshots [--all]"
  cmd_build
  prepare_dashboard_tools
  say "screenshots"
  start_own_platform screenshots --workers 2
  node tests/dashboard/screenshots.js "$@"
)
