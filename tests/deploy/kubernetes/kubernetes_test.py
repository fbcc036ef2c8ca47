#!/usr/bin/env python3
"""The chart on the Kubernetes of node.sh, from its installation to its removal, under load.

  kubernetes_test.py --folder FOLDER --namespace NAMESPACE --bin FOLDER --helm HELM…

Runs in the node's network, with kubectl in PATH and KUBECONFIG set. With the last Helm all is done, with the others it is
installed, tried and removed. FOLDER/tls holds the certificates. The
images are there under WEBHOOK_TAG, and a second time under WEBHOOK_TAG-next.
"""
import argparse
import base64
import contextlib
import functools
import json
import os
import pathlib
import re
import secrets
import socket
import string
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
CHART = ROOT / "helm/webhook-platform"
RELEASE = "webhook-platform"
TAG = os.environ["WEBHOOK_TAG"]
SERVICES = ("registry", "event-ingest", "delivery-worker")


class Failed(Exception):
    pass


def run(*command, timeout=300, stdin=None, env=None):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, input=stdin,
                          env=env, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout


def kubectl(*arguments, **options):
    return run("kubectl", *arguments, **options)


def get(*arguments):
    return json.loads(kubectl("get", *arguments, "--output=json"))


def apply(*objects):
    kubectl("apply", "--filename=-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))


def secret(namespace, name, **files):
    data = {key: base64.b64encode(value if isinstance(value, bytes) else value.encode()).decode() for key, value in files.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace}, "data": data}


def unequal(what, is_now, wanted):
    return [] if is_now == wanted else [f"{what} is {is_now!r}, not {wanted!r}"]


class Cluster:
    def __init__(self, options):
        self.namespace, self.folder, self.bin = options.namespace, options.folder, options.bin
        self.helm_path = options.helm[-1]
        self.values = HERE / "values.yaml"
        self.passwords = {name: secrets.token_hex(16) for name in ("kafka", "postgres")}
        self.keys = {}

    def helm(self, command, *arguments, **options):
        return run(self.helm_path, command, RELEASE, *arguments, "--namespace", self.namespace, **options)

    def tls(self, name):
        return (self.folder / "tls" / name).read_text()

    def pair(self, part):
        return secret(self.namespace, f"{part}-tls", **{"tls.crt": self.tls(f"{part}.crt"), "tls.key": self.tls(f"{part}.key"),
                                                       "ca.crt": self.tls("ca.crt")})

    # Before the installation.

    def check_stack(self):
        """Namespaces that take restricted pods alone, Secrets, Kafka and Postgres."""
        for name in (self.namespace, "dependencies"):
            apply({"apiVersion": "v1", "kind": "Namespace",
                   "metadata": {"name": name, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}})
        authority = self.tls("ca.crt")
        properties = string.Template((HERE / "kafka.properties").read_text()).substitute(password=self.passwords["kafka"])
        apply(secret("dependencies", "kafka", **{"kafka.properties": properties, "ca.crt": authority,
                                                 "kafka.pem": self.tls("kafka.key") + self.tls("kafka.crt")}),
              secret("dependencies", "postgres", password=self.passwords["postgres"],
                     **{"tls.crt": self.tls("postgres.crt"), "tls.key": self.tls("postgres.key")}),
              secret(self.namespace, "webhook-kafka", password=self.passwords["kafka"], **{"ca.crt": authority}),
              secret(self.namespace, "webhook-postgres", password=self.passwords["postgres"], **{"ca.crt": authority}),
              *(self.pair(part) for part in SERVICES + ("webhookctl",)))
        # As docs/operations/kubernetes.md has it.
        manifest = run(self.bin / "webhookctl", "secrets", "generate", "--kubernetes", "webhook-keys")
        kubectl("apply", f"--namespace={self.namespace}", "--filename=-", stdin=manifest)
        kubectl("apply", "--filename=-", stdin=string.Template((HERE / "stack.yaml").read_text()).substitute(tag=TAG))
        for name in ("kafka", "postgres"):
            kubectl("rollout", "status", f"deployment/{name}", "--namespace=dependencies", "--timeout=120s")
        return []

    def check_restricted(self):
        """The namespace refuses what is not restricted: else it would show nothing of the chart."""
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "loose", "namespace": self.namespace},
               "spec": {"containers": [{"name": "loose", "image": f"webhook-platform-registry:{TAG}"}]}}
        try:
            apply(pod)
        except Failed as refusal:
            if "violates PodSecurity" not in str(refusal):
                yield f"it refuses for another reason: {refusal}"
            return
        yield "a pod that may do anything is taken"

    # Installed.

    def install_options(self, tag=TAG, workers=1):
        return ["--values", str(self.values), "--set", f"global.image.tag={tag}", "--set", f"worker.replicas={workers}",
                "--wait", "--timeout", "3m"]

    def check_other_helm(self, path):
        """What has been shown to run, by another Helm."""
        self.helm_path = path
        yield from self.check_install()
        yield from self.check_helm_test()
        yield from self.check_uninstall()

    def check_install(self):
        started = time.monotonic()
        self.helm("install", str(CHART), *self.install_options())
        print(f"    helm install --wait took {time.monotonic() - started:.0f} s")
        policies = {item["metadata"]["name"] for item in get("networkpolicies", f"--namespace={self.namespace}")["items"]}
        for service in SERVICES:
            if f"{RELEASE}-{service}" not in policies:
                yield f"no NetworkPolicy of {service}"

    def check_helm_test(self):
        told = self.helm("test", "--timeout", "2m")
        print("    " + told.strip().replace("\n", "\n    "))
        if "Phase:          Succeeded" not in told:
            yield told

    def pods(self, component):
        selector = f"app.kubernetes.io/component={component}"
        return get("pods", f"--namespace={self.namespace}", f"--selector={selector}", "--field-selector=status.phase=Running")["items"]

    def probe(self, name, labels, places):
        """Which of some host:port a pod with these labels reaches."""
        script = "".join(f"timeout 3 bash -c '</dev/tcp/{place.replace(':', '/')}' 2>/dev/null && echo {place}\n" for place in places)
        confined = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
        apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": self.namespace, "labels": labels}, "spec": {
            "restartPolicy": "Never", "automountServiceAccountToken": False,
            "securityContext": {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [{"name": "probe", "image": f"webhook-platform-postgres:{TAG}", "imagePullPolicy": "Never",
                            # Policies are enforced a moment after a pod has its address.
                            "command": ["bash", "-c", f"sleep 5\n{script}true"], "securityContext": confined}]}})
        kubectl("wait", f"pod/{name}", f"--namespace={self.namespace}", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s")
        reached = kubectl("logs", name, f"--namespace={self.namespace}").split()
        kubectl("delete", "pod", name, f"--namespace={self.namespace}")
        return reached

    def check_policies(self):
        """NetworkPolicies are enforced, and the workers' lets them call what they need alone."""
        registry = f"{RELEASE}-registry.{self.namespace}.svc"
        needed = ["kafka.dependencies.svc:9092", f"{registry}:9090"]
        others = ["postgres.dependencies.svc:5432", f"{registry}:8080", "10.240.0.1:6443"]
        yield from unequal("reached without a policy", self.probe("stranger", {}, needed + others), needed + others)
        worker = {f"app.kubernetes.io/{key}": value for key, value in
                  (("name", RELEASE), ("instance", RELEASE), ("component", "delivery-worker"))}
        yield from unequal("reached as a worker", self.probe("worker", worker, needed + others), needed)

    def ctl(self, *arguments):
        return json.loads(run(self.bin / "webhookctl", "-o", "json", *arguments, env=self.env(), timeout=60))

    def env(self):
        host = f"{RELEASE}-{{}}.{self.namespace}.svc"
        tls = self.folder / "tls"
        return {**os.environ, "WEBHOOK_REST_URL": f"http://{host.format('registry')}:8080",
                "WEBHOOK_REGISTRY_ADDR": f"{host.format('registry')}:9090", "WEBHOOK_INGEST_ADDR": f"{host.format('event-ingest')}:9091",
                "WEBHOOK_TLS_CERT_FILE": str(tls / "webhookctl.crt"), "WEBHOOK_TLS_KEY_FILE": str(tls / "webhookctl.key"),
                "WEBHOOK_TLS_CA_FILE": str(tls / "ca.crt"), "WEBHOOK_INTERNAL_TOKEN_FILE": str(self.folder / "internal_token"),
                "WEBHOOK_BIN_DIR": str(self.bin), "WEBHOOK_RETRY_TIME_SCALE": "1", "WEBHOOK_METRICS_URLS": "none",
                "SINK_NETWORK": "10.250", **self.keys}

    def check_account(self):
        """The first account, as NOTES.txt says."""
        held = get("secret", "webhook-keys", f"--namespace={self.namespace}")["data"]
        (self.folder / "internal_token").write_text(base64.b64decode(held["internal-token"]).decode())
        account = self.ctl("accounts", "create", "acme")["id"]
        self.keys = {"WEBHOOK_ACCOUNT": account}
        self.keys["WEBHOOK_API_KEY"] = self.ctl("keys", "create", "--account", account, "--scopes",
                                                "webhooks:read,webhooks:write,deliveries:read,redeliver")["key"]
        self.keys["WEBHOOK_PUBLISH_KEY"] = self.ctl("keys", "create", "--account", account, "--scopes", "events:publish")["key"]
        return []

    def check_operator(self):
        """A command of webhookctl inside the cluster, as the chart's README says: one that needs the brokers."""
        manifest = run(self.helm_path, "template", RELEASE, str(CHART), "--namespace", self.namespace, "--values", str(self.values),
                       "--set", f"global.image.tag={TAG}", "--show-only", "templates/jobs/webhookctl.yaml",
                       "--set", "webhookctl.args={topics,check}")
        job = kubectl("create", "--filename=-", "--output=name", stdin=manifest).strip()
        try:
            kubectl("wait", job, f"--namespace={self.namespace}", "--for=condition=Complete", "--timeout=60s")
            told = kubectl("logs", job, f"--namespace={self.namespace}")
            if "all topics" not in told:
                yield told
        finally:
            kubectl("delete", job, f"--namespace={self.namespace}")

    def check_delivery(self):
        """An event published over gRPC through the Service arrives, with a good signature."""
        with receiver(self.bin, "10.250.255.1:8081") as url:
            made = self.rest("POST", "/v2/webhooks", {"url": f"{url}/hook", "events": ["user.created"]})
            http("PUT", f"{url}/_control/endpoints/hook", {"secret": made["secret"], "responses": []})
            self.ctl("events", "publish", "user.created", "--data", '{"user":{"id":"user_789"}}')
            ends = time.monotonic() + 20
            while not (requests := http("GET", f"{url}/_control/endpoints/hook/requests")["data"]):
                if time.monotonic() > ends:
                    raise Failed("nothing has arrived")
                time.sleep(0.1)
            if requests[0]["signature"] != "valid":
                yield f"its signature is {requests[0]['signature']}"
            self.rest("DELETE", f"/v2/webhooks/{made['id']}")

    def rest(self, method, path, body=None):
        return http(method, self.env()["WEBHOOK_REST_URL"] + path, body, {"Authorization": f"Bearer {self.keys['WEBHOOK_API_KEY']}"})

    # Under load.

    def check_under_load(self, address, *steps):
        """Steps are (name, command of the shell). What upgrade.js finds is printed."""
        words = [word for name, command in steps for word in ("--step", f"{name}: {command}")]
        done = subprocess.run(["node", str(ROOT / "tests/chaos/upgrade.js"), "--rate", "200", *words], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=1200, check=False,
                              env={**self.env(), "WEBHOOK_INGEST_ADDR": address})
        print("    " + done.stdout.strip().replace("\n", "\n    "))
        if done.returncode:
            yield "see above"

    def upgrade(self, **options):
        words = [self.helm_path, "upgrade", RELEASE, str(CHART), "--namespace", self.namespace, *self.install_options(**options)]
        return " ".join(words)

    def check_scaling(self):
        yield from self.check_under_load(self.env()["WEBHOOK_INGEST_ADDR"],
                                         ("workers 1 -> 3", self.upgrade(workers=3)), ("workers 3 -> 1", self.upgrade(workers=1)))

    def check_upgrade(self):
        """To another tag and back, published through the headless Service."""
        address = f"dns:///{RELEASE}-event-ingest-headless.{self.namespace}.svc:9091"
        self.helm("upgrade", str(CHART), *self.install_options(workers=2))
        yield from self.check_under_load(
            address, (f"helm upgrade to {TAG}-next", self.upgrade(tag=f"{TAG}-next", workers=2)),
            ("all images are the new ones", f"! kubectl get pods -n {self.namespace} --field-selector=status.phase=Running "
             f"-l app.kubernetes.io/instance={RELEASE} -o go-template='{IMAGES}' | grep -v -- '{TAG}-next$'"),
            ("helm rollback", f"{self.helm_path} rollback {RELEASE} --namespace {self.namespace} --wait --timeout 3m"))

    def check_restarts(self):
        """No container has ended by itself."""
        for component in SERVICES:
            for pod in self.pods(component):
                for status in pod["status"]["containerStatuses"]:
                    if status["restartCount"]:
                        yield f"{pod['metadata']['name']} was restarted {status['restartCount']} times"

    # After.

    def check_uninstall(self):
        self.helm("uninstall", "--wait", "--timeout", "3m")
        kinds = [kind for kind in kubectl("api-resources", "--namespaced", "--verbs=list", "--output=name").split()
                 if not re.match(r"events|endpoints$|endpointslices|leases", kind)]
        ends = time.monotonic() + 60
        while True:
            left = kubectl("get", ",".join(kinds), f"--namespace={self.namespace}", "--output=name", "--ignore-not-found").split()
            left = sorted(set(left) - OURS)
            if not left or time.monotonic() > ends:
                return [f"left: {name}" for name in left]
            time.sleep(1)


# A line for each container of the pods that are not about to end.
IMAGES = ('{{range .items}}{{if not .metadata.deletionTimestamp}}{{range .spec.containers}}{{.image}}{{"\\n"}}{{end}}{{end}}{{end}}')

# What was there before the chart.
OURS = {f"secret/{name}" for name in ("webhook-kafka", "webhook-postgres", "webhook-keys", *(f"{part}-tls" for part in
        SERVICES + ("webhookctl",)))} | {"configmap/kube-root-ca.crt", "serviceaccount/default"}


def http(method, url, body=None, headers=None):
    words = ["curl", "-sS", "--fail-with-body", "-X", method, url, "-H", "Content-Type: application/json"]
    for name, value in (headers or {}).items():
        words += ["-H", f"{name}: {value}"]
    told = run(*words, *(["-d", json.dumps(body)] if body is not None else []), timeout=30)
    return json.loads(told) if told.startswith("{") else None


@contextlib.contextmanager
def receiver(binaries, address):
    with subprocess.Popen([binaries / "webhook-receiver", "--addr", address]) as process:
        try:
            host, port = address.split(":")
            ends = time.monotonic() + 10
            while True:
                with contextlib.suppress(OSError), socket.create_connection((host, int(port)), 1):
                    break
                if time.monotonic() > ends:
                    raise Failed("the receiver does not start")
                time.sleep(0.1)
            yield f"http://{address}"
        finally:
            process.terminate()


def main():
    sys.stdout.reconfigure(line_buffering=True)
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="with tls/: what it needs and writes")
    parser.add_argument("--namespace", required=True)
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="where webhookctl and webhook-receiver are")
    parser.add_argument("--helm", action="append", required=True)
    options = parser.parse_args()
    cluster = Cluster(options)
    passed = failed = 0
    # Each stands on what those before it have made.
    for name, check in (
            ("Kafka and Postgres in restricted namespaces", cluster.check_stack),
            ("the namespace enforces restricted", cluster.check_restricted),
            ("helm install --wait", cluster.check_install),
            ("helm test", cluster.check_helm_test),
            ("network policies are enforced", cluster.check_policies),
            ("the first account", cluster.check_account),
            ("an operator's Job", cluster.check_operator),
            ("an event arrives signed", cluster.check_delivery),
            ("workers 1 -> 3 -> 1 under load", cluster.check_scaling),
            ("upgrade and rollback under load", cluster.check_upgrade),
            ("no container has ended by itself", cluster.check_restarts),
            ("helm uninstall leaves nothing", cluster.check_uninstall),
            *((f"with {pathlib.Path(path).parent.name}", functools.partial(cluster.check_other_helm, path)) for path in options.helm[:-1])):
        print(name)
        try:
            mistakes = list(check())
        except (Failed, subprocess.TimeoutExpired, KeyError, IndexError, OSError) as error:
            mistakes = [f"{type(error).__name__}: {error}"]
        if not mistakes:
            passed += 1
            continue
        failed += 1
        print(f"FAILED {name}", *mistakes, sep="\n    ")
        (cluster.folder / f"failed-{failed}.txt").write_text(
            kubectl("get", "all,networkpolicies,events", "--all-namespaces", "--output=wide") +
            kubectl("describe", "pods", "--all-namespaces"))
        if check in (cluster.check_stack, cluster.check_install):
            break
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
