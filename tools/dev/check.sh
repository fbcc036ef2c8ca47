# ./dev lint, ./dev fmt and ./dev ci. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root, state and the like are of ./dev

cpp_files() { git ls-files --cached --others --exclude-standard -- '*.cc' '*.h'; }

cmd_fmt() { cpp_files | xargs clang-format-14 -i; }

cmd_lint() {
  local files
  say "lint"
  mapfile -t files < <(cpp_files)
  step "format" "$state/logs/lint-format.log" clang-format-14 --dry-run -Werror "${files[@]}"
  step "layers, lengths, words" "$state/logs/lint-source.log" python3 tools/check_source.py
  step "shell" "$state/logs/lint-shell.log" shellcheck -x dev tools/dev/build_rdkafka.sh \
    tools/dev/fetch_kafka.sh .ci/run
}

cmd_ci() {
  local started=$SECONDS preset
  cmd_setup
  cmd_lint
  for preset in release asan tsan; do cmd_test --preset "$preset" unit; done
  say "ci passed in $((SECONDS - started)) s"
}
