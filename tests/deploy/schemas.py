"""Every object against the schema of its kind: Kubernetes' own, or that of crds.yaml."""
import pathlib

import jsonschema
import kubernetes_validate
import yaml

import chart

# The oldest that Chart.yaml admits, and the newest that the validator knows.
VERSIONS = ("1.30.0", kubernetes_validate.latest_version())
CRDS = yaml.safe_load((pathlib.Path(__file__).parent / "crds.yaml").read_text())


def check(one):
    kind = f"{one['kind']} {one['apiVersion']}"
    if kind in CRDS:
        for error in jsonschema.Draft202012Validator(CRDS[kind]).iter_errors(one["spec"]):
            yield f"{chart.label(one)}: {error.json_path.replace('$', 'spec', 1)}: {error.message}"
        return
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(one, version, strict=True)
        except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
            yield f"{chart.label(one)}: Kubernetes {version}: {error}"
