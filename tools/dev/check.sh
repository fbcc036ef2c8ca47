# ./dev lint, ./dev fmt and ./dev ci. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root, state and the like are of ./dev

cpp_files() { git ls-files --cached --others --exclude-standard -- '*.cc' '*.h'; }

cmd_fmt() { cpp_files | xargs clang-format-14 -i; }

cmd_lint() {
  local files
  say "lint"
  dashboard_test_modules
  mapfile -t files < <(cpp_files)
  step "format" "$state/logs/lint-format.log" clang-format-14 --dry-run -Werror "${files[@]}"
  step "layers, lengths, words" "$state/logs/lint-source.log" python3 tools/check_source.py
  step "pages, benchmarks" "$state/logs/lint-pages.log" lint_dashboard
  step "tables of figures" "$state/logs/lint-tables.log" node tests/load/lib/tables.js --check
  step "protocol" "$state/logs/lint-proto.log" lint_proto
  step "shell" "$state/logs/lint-shell.log" shellcheck -x dev tools/dev/build_rdkafka.sh \
    tools/dev/fetch_dashboard_modules.sh tools/dev/fetch_jsoncons.sh tools/dev/fetch_kafka.sh .ci/run deploy/*/*.sh tests/deploy/engine.sh tests/deploy/kubernetes/node.sh
}

lint_proto() (cd proto && "$root/tests/e2e/node_modules/.bin/buf" lint)

# Every sh block of README.md, as written, in one shell.
run_readme() {
  local script="$state/readme.sh"
  say "README's commands"
  # shellcheck disable=SC2016  # backticks are Markdown's
  awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' README.md >"$script"
  grep -q '^\./dev test$' "$script" || fail "README.md has lost its test command"
  bash -euo pipefail "$script"
}

# What takes too long for every change: about an hour. Each night looks at seeds that none before it has seen.
run_nightly() {
  local seeds=5000
  say "simulator, $seeds seeds of this day's own"
  "$root/build/release/bin/sim" --seeds "$seeds" --from "$(($(date +%s) / 86400 * seeds))"
  cmd_fuzz --seconds 60
  cmd_chaos kills --kills 20
  # What hangs is repeated by the next owner.
  cmd_chaos kills --kills 20 --signal TERM --hang 0
  cmd_chaos lateness
  cmd_chaos upgrade
}

cmd_ci() {
  local started=$SECONDS nightly="${1:-}"
  [[ -z "$nightly" || "$nightly" = --nightly ]] || fail "unknown option '$nightly'" "./dev ci [--nightly]"
  cmd_setup
  cmd_lint
  run_readme
  cmd_test deploy
  # That they work; how fast anything is, is not judged here.
  cmd_bench all --quick
  cmd_test --preset asan unit integration
  cmd_test --preset tsan unit
  [ -z "$nightly" ] || run_nightly
  say "ci passed in $((SECONDS - started)) s"
}
