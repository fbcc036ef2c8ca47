# ./dev test deploy: the Helm chart, without a cluster. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root and state are of ./dev

deploy_venv="$root/.dev/deps/deploy-tests"
# Both majors that are in use: 4 applies server-side, and is stricter with what it renders.
helm_modules=(helm.sh/helm/v3/cmd/helm@v3.22.0 helm.sh/helm/v4/cmd/helm@v4.3.1)

prometheus_prefix="$root/.dev/deps/prometheus"

helm_path() { echo "$root/.dev/deps/helm-${1##*@}/helm"; }

# The Go compiler comes with the Python packages: Debian's is older than Helm needs.
install_deploy_packages() {
  python3 -m venv --clear "$deploy_venv" &&
    "$deploy_venv/bin/pip" install --quiet --require-hashes -r tests/deploy/requirements.txt &&
    touch "$deploy_venv/stamp"
}

build_helm() {
  local module="$1"
  GOBIN="$(dirname "$(helm_path "$module")")" GOTOOLCHAIN=local CGO_ENABLED=0 "$deploy_venv/bin/go" install "$module"
}

# Debian's Prometheus and promtool, unpacked only: installing the package would start a server.
unpack_prometheus() {
  local folder="$prometheus_prefix.new"
  rm -rf "$folder" && mkdir -p "$folder" || return
  (cd "$folder" && { apt-get download prometheus || { as_root apt-get update -qq && apt-get download prometheus; }; }) &&
    dpkg-deb -x "$folder"/prometheus_*.deb "$folder" && rm "$folder"/*.deb &&
    rm -rf "$prometheus_prefix" && mv "$folder" "$prometheus_prefix"
}

prepare_prometheus() {
  [ -x "$prometheus_prefix/usr/bin/promtool" ] ||
    step "fetching Prometheus" "$state/logs/prometheus.log" unpack_prometheus
}

prepare_deploy_tools() {
  local module
  [ "$deploy_venv/stamp" -nt tests/deploy/requirements.txt ] ||
    step "fetching Go and validators" "$state/logs/deploy-pip.log" install_deploy_packages
  for module in "${helm_modules[@]}"; do
    [ -x "$(helm_path "$module")" ] ||
      step "building Helm ${module##*@}" "$state/logs/deploy-helm.log" build_helm "$module"
  done
  prepare_prometheus
}

# A running platform under a Prometheus: its metrics are as Prometheus wants them, and each panel and rule finds data. The
# load is what some of the end-to-end tests do, failures and retries among it; then many webhooks, which must make no more
# time series.
test_panels() (
  say "panels"
  prepare_deploy_tools
  start_own_platform panels --workers 2 --traces
  local url test folder="$state/prometheus" scraper
  # shellcheck disable=SC2153  # of the platform's settings
  for url in $WEBHOOK_METRICS_URLS; do
    curl -sS "$url" | "$prometheus_prefix/usr/bin/promtool" check metrics || fail "$url is not as Prometheus wants it"
  done
  # shellcheck disable=SC2086  # a list of words
  "$deploy_venv/bin/python" tests/deploy/scrape.py --prometheus "$prometheus_prefix/usr/bin/prometheus" --folder "$folder" \
    $WEBHOOK_METRICS_URLS &
  scraper=$!
  trap 'kill $scraper; cmd_down >/dev/null' EXIT
  for test in guide webhookctl accounts metrics cross_account_grpc retry pauses; do
    node --test --test-reporter=dot "tests/e2e/$test.test.js" || fail "the load has failed: tests/e2e/$test.test.js"
  done
  node --test --test-reporter=spec tests/e2e/scale/*.test.js || fail "what customers register makes time series"
  sleep 15
  "$deploy_venv/bin/python" tests/deploy/panels.py "$(cat "$folder/url")" --minutes 10 || fail "a panel or rule has no data"
)

# --update stores what the chart renders now, and writes its README's list of values and the dashboards.
test_deploy() {
  say "deploy tests"
  prepare_deploy_tools
  local module helms=()
  for module in "${helm_modules[@]}"; do helms+=(--helm "Helm ${module##*@}=$(helm_path "$module")"); done
  "$deploy_venv/bin/python" tests/deploy/run.py "${helms[@]}" --promtool "$prometheus_prefix/usr/bin/promtool" \
    --binaries "$root/build/$preset/bin" "$@" || fail "the chart is not as it must be"
}
