#!/usr/bin/env bash
# A Kubernetes of one node: node.sh FOLDER PROGRAMS, as root, until TERM.
#
# PROGRAMS is the folder of Kubernetes' own; etcd, containerd and the CNI plugins are Debian's. All of it lives in network,
# mount and process namespaces of its own, without a way out: no bridge, port, mount or firewall rule is shared with the
# machine, and when this process ends, the kernel takes all away. FOLDER/run/pid is a process in the namespaces,
# FOLDER/run/ready is there once the API answers, FOLDER/run/kubeconfig is an administrator's. Logs: FOLDER/logs.
set -euo pipefail

node_address=10.240.0.1

# Of the machine, not of a namespace: the kubelet's groups are removed by hand.
make_cgroups() {
  local hierarchy
  for hierarchy in /sys/fs/cgroup/*/; do mkdir -p "$hierarchy$cgroup"; done
  # An empty set of processors or memory would take no process.
  for hierarchy in cpuset.cpus cpuset.mems; do
    [ ! -e "/sys/fs/cgroup/cpuset/$hierarchy" ] ||
      cat "/sys/fs/cgroup/cpuset/$hierarchy" >"/sys/fs/cgroup/cpuset/$cgroup/$hierarchy"
  done
}

remove_cgroups() {
  local ends=$((SECONDS + 10))
  # What has been killed is not gone at once.
  until find /sys/fs/cgroup/*/"$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null; do
    [ $SECONDS -lt $ends ] || { echo "left: $(echo /sys/fs/cgroup/*/"$cgroup")" >&2 && return; }
    sleep 0.3
  done
}

if [ "${1:-}" != --inside ]; then
  folder="$(realpath -m "$1")"
  programs="$(realpath "$2")"
  cgroup="webhook-test-kubernetes-$$"
  # What a killed node has left would be taken for alive. The images stay.
  rm -rf "$folder"/{run,logs,state}
  mkdir -p "$folder"/{run,logs,state,images}
  make_cgroups
  setpriv --pdeathsig KILL unshare --net --mount --pid --fork --kill-child --mount-proc \
    bash "${BASH_SOURCE[0]}" --inside "$folder" "$programs" "$cgroup" &
  namespaces=$!
  until inner="$(pgrep -P "$namespaces")"; do sleep 0.1; done
  echo "$inner" >"$folder/run/pid"
  # The first process of the namespace: the kernel ends all others with it.
  trap 'kill -KILL "$inner"' TERM INT
  wait "$namespaces" || wait "$namespaces" || true
  remove_cgroups
  exit 0
fi

folder="$2"
programs="$3"
cgroup="$4"
state="$folder/state"
api="https://$node_address:6443"

# Each in the background, with its log; its end ends the node.
run() {
  local name="$1"
  shift
  "$@" >"$folder/logs/$name.log" 2>&1 &
}

await() {
  local what="$1" ends=$((SECONDS + 60))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $ends ] || { echo "$what does not answer" >&2 && exit 1; }
    sleep 0.2
  done
}

# What they write beside the folder. Volumes are mounted for containers that run already.
make_mounts() {
  local place
  mount --make-rshared /
  for place in /run /opt /var/lib/kubelet /var/lib/cni /var/log; do
    mkdir -p "$place"
    [[ "$folder" == "$place"/* ]] || mount -t tmpfs node "$place"
  done
  # Of the whole machine, and the kubelet sets them: it gets copies.
  for place in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys \
    kernel/keys/root_maxbytes; do
    cat "/proc/sys/$place" >"/run/${place//\//-}"
    mount --bind "/run/${place//\//-}" "/proc/sys/$place"
  done
}

# A network without a way out. Endpoints of tests have any address of 10.250.0.0/16: all are this node's own.
make_network() {
  ip link set lo up
  ip link add node type veth peer name outside
  ip address add "$node_address/16" dev node
  ip link set node up
  ip link set outside up
  ip route add default dev node
  ip route add local 10.250.0.0/16 dev lo
  sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
}

# The cluster's names, for processes in these namespaces too.
use_cluster_names() {
  local resolver
  printf 'nameserver %s\nsearch cluster.local\noptions ndots:5\n' "$node_address" >/run/resolv.conf
  resolver="$(readlink -m /etc/resolv.conf)"
  [ -e "$resolver" ] || { mkdir -p "$(dirname "$resolver")" && touch "$resolver"; }
  mount --bind /run/resolv.conf "$resolver"
}

start_api() {
  run etcd etcd --data-dir "$state/etcd" --listen-client-urls http://127.0.0.1:2379 \
    --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380 --unsafe-no-fsync
  openssl genrsa -out "$state/accounts.key" 2048 2>/dev/null
  openssl rsa -in "$state/accounts.key" -pubout -out "$state/accounts.pub" 2>/dev/null
  token="$(openssl rand -hex 16)"
  echo "$token,node,node,system:masters" >"$state/tokens.csv"
  run apiserver "$programs/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 --secure-port=6443 \
    --advertise-address="$node_address" --cert-dir="$state/certificates" --token-auth-file="$state/tokens.csv" \
    --service-account-key-file="$state/accounts.pub" --service-account-signing-key-file="$state/accounts.key" \
    --service-account-issuer=https://kubernetes.default.svc --authorization-mode=RBAC --allow-privileged \
    --service-cluster-ip-range=10.96.0.0/16 --kubelet-preferred-address-types=InternalIP
  await "the API" curl -sfk "$api/readyz" -H "Authorization: Bearer $token"
  cat >"$folder/run/kubeconfig" <<TEXT
apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: "$api", certificate-authority: "$state/certificates/apiserver.crt"}}]
users: [{name: node, user: {token: "$token"}}]
contexts: [{name: test, context: {cluster: test, user: node}}]
current-context: test
TEXT
}

start_control() {
  run controller-manager "$programs/kube-controller-manager" --kubeconfig="$folder/run/kubeconfig" --leader-elect=false \
    --service-account-private-key-file="$state/accounts.key" --root-ca-file="$state/certificates/apiserver.crt" \
    --allocate-node-cidrs --cluster-cidr=10.244.0.0/16 --use-service-account-credentials=false
  run scheduler "$programs/kube-scheduler" --kubeconfig="$folder/run/kubeconfig" --leader-elect=false
}

start_names() {
  cat >"$state/Corefile" <<TEXT
.:53 {
  bind $node_address
  kubernetes cluster.local {
    kubeconfig $folder/run/kubeconfig
    ttl 1
  }
}
TEXT
  run coredns "$programs/coredns" -conf "$state/Corefile"
}

start_containers() {
  mkdir -p /run/cni
  cat >/run/cni/bridge.conflist <<'TEXT'
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "pods", "isGateway": true, "ipMasq": false, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.244.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
TEXT
  cat >"$state/containerd.toml" <<TEXT
version = 2
root = "$folder/images"
state = "/run/containerd"
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  sandbox_image = "webhook-test-pause:1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/run/cni"
TEXT
  run containerd containerd --config "$state/containerd.toml"
  await containerd ctr --address /run/containerd/containerd.sock version
}

start_node() {
  cat >"$state/kubelet.yaml" <<TEXT
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $node_address
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
cgroupDriver: cgroupfs
cgroupRoot: /$cgroup
clusterDNS: [$node_address]
clusterDomain: cluster.local
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%, nodefs.inodesFree: 1%}
imageGCHighThresholdPercent: 100
failCgroupV1: false
failSwapOn: false
resolvConf: ""
TEXT
  run kubelet "$programs/kubelet" --config="$state/kubelet.yaml" --kubeconfig="$folder/run/kubeconfig" \
    --hostname-override=node1 --node-ip="$node_address"
  run proxy "$programs/kube-proxy" --kubeconfig="$folder/run/kubeconfig" --hostname-override=node1 --proxy-mode=iptables \
    --conntrack-max-per-core=0 --conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0
}

# Who enforces NetworkPolicies.
start_firewall() {
  await "the node" "$programs/kubectl" --kubeconfig "$folder/run/kubeconfig" get node node1
  run kube-router "$programs/kube-router" --kubeconfig="$folder/run/kubeconfig" --hostname-override=node1 \
    --run-firewall=true --run-router=false --run-service-proxy=false --service-cluster-ip-range=10.96.0.0/16
}

make_mounts
make_network
start_api
start_names
use_cluster_names
start_containers
start_control
start_node
start_firewall
await "a ready node" "$programs/kubectl" --kubeconfig "$folder/run/kubeconfig" wait --for=condition=Ready node/node1 --timeout=60s
touch "$folder/run/ready"
# Whichever ends, the node is none any more.
wait -n
echo "a part of the node has ended: $folder/logs" >&2
exit 1
