# ./dev test deploy --kubernetes: the chart on a Kubernetes of one node. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root, state and the like are of ./dev

kubernetes_version=1.34.4 # of tests/deploy/kubernetes/go.mod; the last that takes control groups of version 1
kubernetes_programs="$root/.dev/deps/kubernetes-$kubernetes_version"
node_dir="$root/.dev/kubernetes"
# What the platform's objects are called in the cluster.
kubernetes_namespace=webhooks

# About ten minutes, the first time. The Go compiler is that of the chart's tests.
build_kubernetes() {
  local folder="$kubernetes_programs.new" name commands=()
  for name in kube-apiserver kube-controller-manager kube-proxy kube-scheduler kubectl kubelet; do
    commands+=("k8s.io/kubernetes/cmd/$name")
  done
  export GOTOOLCHAIN=local CGO_ENABLED=0 PATH="$deploy_venv/bin:$PATH"
  rm -rf "$folder" && mkdir -p "$folder" &&
    (cd tests/deploy/kubernetes && go build -o "$folder/" \
      -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=v$kubernetes_version" "${commands[@]}") &&
    GOBIN="$folder" go install github.com/coredns/coredns@v1.12.1 &&
    GOBIN="$folder" go install github.com/cloudnativelabs/kube-router/v2/cmd/kube-router@v2.1.0 &&
    rm -rf "$kubernetes_programs" && mv "$folder" "$kubernetes_programs"
}

prepare_kubernetes() {
  install_container_tools etcd:etcd-server conntrack:conntrack ipset:ipset iptables:iptables \
    /usr/lib/cni/bridge:containernetworking-plugins
}

# Holds a pod's namespaces, and does nothing.
make_pause_image() {
  local folder="$engine_dir/pause"
  mkdir -p "$folder" && echo 'int pause(void); int main(void) { for (;;) pause(); }' | gcc -static -x c - -o "$folder/pause" &&
    tar -C "$folder" -c pause | docker import --change 'ENTRYPOINT ["/pause"]' - webhook-test-pause:1
}

# The images that the cluster needs, in one archive: it pulls none.
save_images() {
  local name images=(webhook-test-pause:1)
  for name in registry event-ingest delivery-worker webhookctl kafka postgres; do
    images+=("webhook-platform-$name:$WEBHOOK_TAG")
  done
  make_pause_image && docker save -o "$engine_dir/images.tar" "${images[@]}"
}

in_node() { as_root nsenter --net --mount --pid --target "$(cat "$node_dir/run/pid")" "$@"; }

start_node() {
  local ends=$((SECONDS + 120))
  as_root rm -rf "$node_dir/run"
  as_root setpriv --pdeathsig TERM tests/deploy/kubernetes/node.sh "$node_dir" "$kubernetes_programs" >"$state/logs/node.log" 2>&1 &
  node=$!
  until [ -e "$node_dir/run/ready" ]; do
    { [ $SECONDS -lt $ends ] && kill -0 $node 2>/dev/null; } || return
    sleep 0.2
  done
}

stop_node() {
  local ends=$((SECONDS + 60))
  kill "$node" 2>/dev/null || true
  while kill -0 "$node" 2>/dev/null && [ $SECONDS -lt $ends ]; do sleep 0.2; done
}

# The second tag is what is upgraded to.
import_images() {
  local ctr=(ctr --address /run/containerd/containerd.sock -n k8s.io images) name
  in_node "${ctr[@]}" import - <"$engine_dir/images.tar" || return
  for name in registry event-ingest delivery-worker webhookctl; do
    in_node "${ctr[@]}" tag --force "docker.io/library/webhook-platform-$name:$WEBHOOK_TAG" \
      "docker.io/library/webhook-platform-$name:$WEBHOOK_TAG-next" || return
  done
  as_root rm "$engine_dir/images.tar"
}

# Of one authority, for all that speak TLS: kubernetes_test.py makes Secrets of them.
make_cluster_certificates() (
  local folder="$node_dir/run/tls" service=webhook-platform
  mkdir -p "$folder" && cd "$folder" &&
    make_authority webhook-platform-test &&
    certify registry 30 "$service-registry.$kubernetes_namespace.svc" &&
    certify event-ingest 30 "$service-event-ingest.$kubernetes_namespace.svc" \
      "$service-event-ingest-headless.$kubernetes_namespace.svc" &&
    certify delivery-worker && certify webhookctl &&
    certify kafka 30 kafka.dependencies.svc && certify postgres 30 postgres.dependencies.svc
)

test_kubernetes() (
  say "kubernetes"
  local node="" module helms=()
  prepare_deploy_tools
  step "installing what a node needs" "$state/logs/node-install.log" prepare_kubernetes
  [ -x "$kubernetes_programs/kubectl" ] ||
    step "building Kubernetes $kubernetes_version (about 10 minutes)" "$state/logs/kubernetes.log" build_kubernetes
  name_images
  with_engine build_cluster_images
  trap 'stop_node' EXIT
  step "starting the node" "$state/logs/node-start.log" start_node
  step "images" "$state/logs/node-images.log" import_images
  step "certificates" "$state/logs/certificates.log" make_cluster_certificates
  for module in "${helm_modules[@]}"; do helms+=(--helm "$(helm_path "$module")"); done
  in_node env PATH="$kubernetes_programs:$PATH" KUBECONFIG="$node_dir/run/kubeconfig" \
    WEBHOOK_TAG="$WEBHOOK_TAG" "$deploy_venv/bin/python" "$root/tests/deploy/kubernetes/kubernetes_test.py" \
    --folder "$node_dir/run" --namespace "$kubernetes_namespace" --bin "$root/build/release/bin" "${helms[@]}" ||
    fail "the chart does not do on Kubernetes what it must" "logs: $node_dir/logs, $node_dir/run"
)

build_cluster_images() {
  cmd_images "$@"
  step "saving them" "$state/logs/images-save.log" save_images
}
