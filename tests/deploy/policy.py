"""What must hold of every object that the chart makes, whatever the values are. Each check gives mistakes as text."""
import re

import chart
import settings

RESTRICTED_VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
SELECTOR = {"app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component"}
LABELS = SELECTOR | {"app.kubernetes.io/version", "app.kubernetes.io/managed-by", "app.kubernetes.io/part-of", "helm.sh/chart"}
PROBES = {"startupProbe": "/startupz", "readinessProbe": "/readyz", "livenessProbe": "/healthz"}
# Longer than the drain, for what comes after it: flush, commit, leave the group.
LEAST_MARGIN = 10
NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
FILES = "/etc/webhook/"


def check_metadata(objects):
    seen = set()
    for one in objects:
        label, metadata = chart.label(one), one["metadata"]
        if label in seen:
            yield f"{label}: is there twice"
        seen.add(label)
        if not NAME.fullmatch(metadata["name"]):
            yield f"{label}: the name has more than 63 characters, or wrong ones"
        if one["kind"] == "ConfigMap" and "labels" not in metadata:
            continue  # an extra object
        if metadata.get("namespace") != chart.NAMESPACE:
            yield f"{label}: metadata.namespace is not the release's"
        missing = LABELS - set(metadata.get("labels", {}))
        if missing:
            yield f"{label}: labels are missing: {', '.join(sorted(missing))}"


def check_pod(one):
    """The restricted Pod Security Standard, and no more rights than a process without Kubernetes' API needs."""
    label, spec = chart.label(one), chart.pod_of(one)["spec"]
    security = spec.get("securityContext", {})
    wanted = {"securityContext.runAsNonRoot": (security.get("runAsNonRoot"), True),
              "securityContext.runAsUser": (security.get("runAsUser"), 65532),
              "securityContext.fsGroup": (security.get("fsGroup"), 65532),
              "securityContext.seccompProfile": (security.get("seccompProfile"), {"type": "RuntimeDefault"}),
              "automountServiceAccountToken": (spec.get("automountServiceAccountToken"), False),
              "enableServiceLinks": (spec.get("enableServiceLinks"), False)}
    for path, (found, expected) in wanted.items():
        if found != expected:
            yield f"{label}: {path} is {found}, not {expected}"
    for forbidden in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(forbidden):
            yield f"{label}: {forbidden} is set"
    for volume in spec.get("volumes", []):
        for kind in set(volume) - {"name"} - RESTRICTED_VOLUMES:
            yield f"{label}: volume {volume['name']} is of the kind {kind}"
        if "secret" in volume and volume["secret"].get("defaultMode") != 0o440:
            yield f"{label}: defaultMode of volume {volume['name']} is not 0440"


def check_container(one, spec, container):
    label = f"{chart.label(one)}: container {container['name']}"
    security = container.get("securityContext", {})
    wanted = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    for key, expected in wanted.items():
        if security.get(key) != expected:
            yield f"{label}: securityContext.{key} is not {expected}"
    resources = container.get("resources", {})
    for kind, names in {"requests": {"cpu", "memory"}, "limits": {"memory"}}.items():
        if set(resources.get(kind, {})) != names:
            yield f"{label}: resources.{kind} are not of {' and '.join(sorted(names))}"
    image = container["image"]
    if image.endswith(":latest") or not ("@sha256:" in image or ":" in image.rsplit("/", 1)[-1]):
        yield f"{label}: image {image} has no version"
    yield from check_env(label, spec, container)


def check_env(label, spec, container):
    names = [variable["name"] for variable in container["env"]]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{label}: {name} is there twice"
    files = mounted_files(spec, container)
    for variable in container["env"]:
        if "secretKeyRef" in variable.get("valueFrom", {}):
            yield f"{label}: {variable['name']} is a secret in the environment, not in a file"
        value = variable.get("value", "")
        if value.startswith(FILES) and value not in files:
            yield f"{label}: {variable['name']} names {value}, which is not mounted"
    text = " ".join(variable.get("value", "") for variable in container["env"])
    for path in sorted(files):
        if path.startswith(FILES) and path not in text:
            yield f"{label}: {path} is mounted, and nothing names it"


def mounted_files(spec, container):
    items = {volume["name"]: [item["path"] for item in volume["secret"]["items"]]
             for volume in spec.get("volumes", []) if "secret" in volume}
    return {f"{mount['mountPath']}/{path}" for mount in container.get("volumeMounts", [])
            for path in items.get(mount["name"], [])}


def seconds(text):
    return settings.milliseconds(text) // 1_000


def check_deployment(one, scaled):
    label, spec = chart.label(one), one["spec"]
    selector = spec["selector"]
    if set(selector) != {"matchLabels"} or set(selector["matchLabels"]) != SELECTOR:
        yield f"{label}: the selector is not name, instance and component, and could never be changed"
    if not selector["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items():
        yield f"{label}: its pods do not have the selector's labels"
    if one["metadata"]["name"] in scaled and "replicas" in spec:
        yield f"{label}: spec.replicas would fight its autoscaler"
    if one["metadata"]["name"] not in scaled and "replicas" not in spec:
        yield f"{label}: spec.replicas is missing, and there is no autoscaler"
    container = spec["template"]["spec"]["containers"][0]
    ports = {port["name"] for port in container["ports"]}
    for probe, path in PROBES.items():
        if container.get(probe, {}).get("httpGet") != {"path": path, "port": "admin"} or "admin" not in ports:
            yield f"{label}: {probe} does not ask {path} of the port admin"
    env = {variable["name"]: variable.get("value") for variable in container["env"]}
    sleep = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    drain = seconds(env["WEBHOOK_DRAIN_TIMEOUT"])
    grace = spec["template"]["spec"].get("terminationGracePeriodSeconds", 30)
    if sleep < 1:
        yield f"{label}: preStop does not sleep"
    if grace < sleep + drain + LEAST_MARGIN:
        yield f"{label}: terminationGracePeriodSeconds {grace} is too short for {sleep} s of sleep and {drain} s of drain"


def scaled_names(objects):
    """Name of a Deployment -> the autoscalers that hold it."""
    scaled = {}
    for one in objects:
        if one["kind"] in ("HorizontalPodAutoscaler", "ScaledObject"):
            scaled.setdefault(one["spec"]["scaleTargetRef"]["name"], []).append(chart.label(one))
    return scaled


def selects(selector, objects):
    """Pods that have these labels."""
    for one in objects:
        pod = chart.pod_of(one)
        if pod and selector.items() <= pod["metadata"].get("labels", {}).items():
            yield one, pod["spec"]


def check_references(objects):
    """Who names another object names one that is there."""
    names = {(one["kind"], one["metadata"]["name"]) for one in objects}
    for one in objects:
        label, spec = chart.label(one), one.get("spec", {})
        if one["kind"] == "Service":
            pods = list(selects(spec["selector"], objects))
            ports = {port["name"] for _, pod in pods for container in pod["containers"] for port in container.get("ports", [])}
            for port in spec["ports"]:
                if port["targetPort"] not in ports:
                    yield f"{label}: no pod behind it has the port {port['targetPort']}"
        if one["kind"] == "PodDisruptionBudget" and not list(selects(spec["selector"]["matchLabels"], objects)):
            yield f"{label}: no pod has its labels"
        for backend in re.findall(r"'backendRefs': \[\{'name': '([^']+)'", str(spec)):
            if ("Service", backend) not in names:
                yield f"{label}: there is no Service {backend}"
    for name, scalers in scaled_names(objects).items():
        if ("Deployment", name) not in names:
            yield f"{scalers[0]}: there is no Deployment {name}"
        if len(scalers) > 1:
            yield f"Deployment/{name}: has two autoscalers, {' and '.join(scalers)}"
    made = {name for kind, name in names if kind == "ServiceAccount"}
    for one in objects:
        if made and one["kind"] == "Deployment":
            account = one["spec"]["template"]["spec"].get("serviceAccountName")
            if account not in made:
                yield f"{chart.label(one)}: there is no ServiceAccount {account}"


def check_covered(objects):
    """Where there are network policies and budgets, no pod is without one."""
    for kind, kinds in {"NetworkPolicy": {"Deployment", "Job", "Pod"}, "PodDisruptionBudget": {"Deployment"}}.items():
        key = "podSelector" if kind == "NetworkPolicy" else "selector"
        covers = [one["spec"][key]["matchLabels"] for one in objects if one["kind"] == kind]
        for one in objects:
            if covers and one["kind"] in kinds:
                labels = chart.pod_of(one)["metadata"]["labels"]
                if not any(selector.items() <= labels.items() for selector in covers):
                    yield f"{chart.label(one)}: no {kind} covers its pods"


def check_all(objects):
    yield from check_metadata(objects)
    scaled = scaled_names(objects)
    for one in objects:
        if chart.pod_of(one):
            yield from check_pod(one)
        if one["kind"] == "Deployment":
            yield from check_deployment(one, scaled)
    for one, spec, container in chart.containers(objects):
        yield from check_container(one, spec, container)
        yield from settings.check_container(one, container)
    yield from check_references(objects)
    yield from check_covered(objects)
