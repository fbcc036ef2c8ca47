"""The chart, its value sets, and Helm."""
import pathlib
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "helm" / "webhook-platform"
GOLDEN = CHART / "golden"
# Said, since a Helm that was built by `go install` takes itself for that of an old cluster.
KUBERNETES = "1.34.0"
RELEASE = "release"
NAMESPACE = "webhooks"
JOBS = "webhookctl"  # key in values of what is no service


class HelmError(Exception):
    """Helm refused; the text is what it said."""


def value_sets():
    """Name -> file."""
    return {file.name.removesuffix("-values.yaml"): file for file in sorted((CHART / "ci").glob("*-values.yaml"))}


def run_helm(helm, *arguments):
    done = subprocess.run([helm, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise HelmError(done.stderr + done.stdout)
    return done.stdout


def lint(helm, values):
    run_helm(helm, "lint", "--strict", "--kube-version", KUBERNETES, "--namespace", NAMESPACE, "--values", values, CHART)


def render(helm, *values, chart=CHART, release=RELEASE):
    """The objects that an installation with these values files has, sorted by kind and name."""
    arguments = ["template", release, chart, "--namespace", NAMESPACE, "--kube-version", KUBERNETES]
    for file in values:
        arguments += ["--values", file]
    objects = [one for one in yaml.safe_load_all(run_helm(helm, *arguments)) if one]
    return sorted(objects, key=label)


def label(one):
    return f"{one['kind']}/{one['metadata']['name']}"


def as_text(objects):
    """One form, whatever Helm's order and spaces are, so that a diff shows changes only."""
    return "".join("---\n" + yaml.safe_dump(one, width=120) for one in objects)


def without_files(objects):
    """The objects, with rules and dashboards that are just what the chart's files say named instead of repeated."""
    rules = {file.name: yaml.safe_load(file.read_text()) for file in (CHART / "rules").glob("*.yaml")}
    dashboards = {file.name: file.read_text() for file in (CHART / "dashboards").glob("*.json")}
    for one in objects:
        if one["kind"] == "PrometheusRule":
            spec = next((f"<rules/{name}>" for name, content in rules.items() if content == one["spec"]), one["spec"])
            yield {**one, "spec": spec}
        elif one["kind"] == "ConfigMap" and set(one.get("data", {})) & set(dashboards):
            yield {**one, "data": {name: f"<dashboards/{name}>" if text.strip() == dashboards.get(name, "").strip() else text
                                   for name, text in one["data"].items()}}
        else:
            yield one


def pod_of(one):
    """The pod template of an object that has one, as {metadata, spec}; else None."""
    if one["kind"] == "Pod":
        return one
    if one["kind"] in ("Deployment", "Job"):
        return one["spec"]["template"]
    return None


def containers(objects):
    """(object, pod spec, container) of each container."""
    for one in objects:
        pod = pod_of(one)
        if pod:
            for container in pod["spec"]["containers"] + pod["spec"].get("initContainers", []):
                yield one, pod["spec"], container
