#!/usr/bin/env python3
"""Tests of the Helm chart without a cluster.

  run.py --helm NAME=PATH [--helm NAME=PATH]… --promtool PATH [--update] [--only WORDS] [--binaries FOLDER]

Every value set of the chart's folder ci is linted and rendered by each Helm; all must render the same objects, which are
compared with the stored ones of folder golden, with the schemas of their kinds and with policy.py. --update stores what
is rendered now, and writes the README's list of values. --binaries: the built services are asked too whether they accept
what each container is given.
"""
import argparse
import copy
import difflib
import functools
import json
import pathlib
import shutil
import sys
import tempfile

import yaml

import accepted
import chart
import dashboards
import families
import kept_keys
import policy
import readme
import rule_breakages
import rules
import schemas
import settings

HERE = pathlib.Path(__file__).resolve().parent
MINIMAL = chart.CHART / "ci" / "minimal-values.yaml"
NOTES_AS_OBJECT = """
apiVersion: v1
kind: ConfigMap
metadata: {name: notes}
data: {text: {{ tpl (.Files.Get "notes.txt") . | quote }}}
"""
LONGEST_RELEASE = "r" * 53  # that Helm accepts


def load(name):
    return yaml.safe_load((HERE / name).read_text())


def difference(before, after, name):
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), f"{name} as stored", f"{name} as rendered",
                                 lineterm="")
    return "\n".join(lines)


class Run:
    def __init__(self, helms, promtool, update=False, only="", binaries=None):
        self.helms = helms
        self.promtool = promtool
        self.first = next(iter(helms.values()))
        self.update = update
        self.only = only
        self.binaries = binaries
        self.passed, self.failed = 0, 0

    @functools.cached_property
    def rendered(self):
        return {name: chart.render(self.first, file) for name, file in chart.value_sets().items()}

    def test(self, name, check, *arguments):
        """A test is a function that gives its mistakes as text."""
        if self.only not in name:
            return
        try:
            mistakes = list(check(*arguments))
        except (chart.HelmError, readme.Undocumented) as error:
            mistakes = [str(error)]
        if mistakes:
            self.failed += 1
            print(f"FAILED {name}")
            for mistake in mistakes:
                print("    " + mistake.replace("\n", "\n    "))
        else:
            self.passed += 1

    # What becomes of one value set.

    def lint(self, helm, file):
        chart.lint(helm, file)
        return []

    def same(self, name, helm):
        ours, theirs = chart.as_text(self.rendered[name]), chart.as_text(chart.render(helm, chart.value_sets()[name]))
        if ours != theirs:
            yield difference(ours, theirs, name)

    def golden(self, name):
        stored, text = chart.GOLDEN / f"{name}.yaml", chart.as_text(chart.without_files(self.rendered[name]))
        if self.update:
            stored.parent.mkdir(exist_ok=True)
            stored.write_text(text)
        before = stored.read_text() if stored.exists() else ""
        if before != text:
            yield difference(before, text, stored.name) + "\nas it must be? ./dev test deploy --update"

    def schema(self, name):
        for one in self.rendered[name]:
            yield from schemas.check(one)

    def policy(self, name):
        yield from policy.check_all(self.rendered[name])

    def accepted(self, name):
        yield from accepted.check(self.rendered[name], self.binaries)

    # What concerns the chart as a whole.

    def leftovers(self):
        names = set(chart.value_sets())
        for file in chart.GOLDEN.glob("*"):
            if file.stem not in names:
                yield f"{file.name}: no value set has this name"

    def refused(self, helm, case):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as override:
            yaml.safe_dump(case["values"], override)
            override.flush()
            files = [override.name] if case.get("alone") else [MINIMAL, override.name]
            try:
                chart.render(helm, *files)
            except chart.HelmError as error:
                said = str(error)
            else:
                yield "Helm rendered it"
                return
        for words in case["says"]:
            if words not in said:
                yield f"Helm did not say \"{words}\" but:\n{said}"
        for words in case.get("not_says", []):
            if words in said:
                yield f"Helm said \"{words}\":\n{said}"

    def noticed(self, breakage):
        objects = copy.deepcopy(self.rendered[breakage.get("with", "minimal")])
        broken = next(one for one in objects if chart.label(one) == breakage["in"])
        *way, last = breakage["at"]
        place = functools.reduce(lambda inner, key: inner[key], way, broken)
        if breakage["to"] is None:
            del place[last]
        else:
            place[last] = breakage["to"]
        mistakes = list(policy.check_all(objects)) + list(schemas.check(broken))
        if not any(breakage["says"] in mistake for mistake in mistakes):
            yield f"no check told of it; they said {mistakes}"

    def settings(self):
        yield from settings.check_all(self.rendered.values())

    def long_release(self):
        for name in ("ha", "tls", "hooks-off", "ingress"):
            yield from policy.check_metadata(chart.render(self.first, chart.value_sets()[name], release=LONGEST_RELEASE))

    def extra_files(self):
        """Rules and dashboards come as they are, braces and all; without them there is no object."""
        rule = {"alert": "X", "expr": "up == 0", "annotations": {"of": "{{ $labels.pod }}"}}
        rules = {"groups": [{"name": "x", "rules": [rule]}]}
        dashboard = {"title": "{{pod}}", "panels": []}
        with tempfile.TemporaryDirectory() as folder:
            copied = pathlib.Path(folder) / "webhook-platform"
            shutil.copytree(chart.CHART, copied, ignore=shutil.ignore_patterns("golden", "rules", "dashboards"))
            bare = {one["kind"] for one in chart.render(self.first, chart.value_sets()["keda"], chart=copied)}
            for part, text in {"rules/x.yaml": yaml.safe_dump(rules), "dashboards/x.json": json.dumps(dashboard)}.items():
                (copied / part).parent.mkdir()
                (copied / part).write_text(text)
            objects = {one["kind"]: one for one in chart.render(self.first, chart.value_sets()["keda"], chart=copied)}
        if {"PrometheusRule", "ConfigMap"} & bare:
            yield "an object was made of no file"
        if objects["PrometheusRule"]["spec"] != rules:
            yield f"the rules became {objects['PrometheusRule']['spec']}"
        if json.loads(objects["ConfigMap"]["data"].get("x.json", "null")) != dashboard:
            yield f"the dashboard became {objects['ConfigMap']['data']}"

    def runbook_urls(self):
        """Each alert's link begins with what the installation says."""
        base = "https://git.example.com/"
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as values:
            yaml.safe_dump({"metrics": {"prometheusRule": {"enabled": True, "runbookBaseUrl": base}}}, values)
            values.flush()
            objects = chart.render(self.first, chart.value_sets()["keda"], values.name)
        alerts = [rule for one in objects if one["kind"] == "PrometheusRule" for group in one["spec"]["groups"]
                  for rule in group["rules"] if "alert" in rule]
        if not alerts:
            yield "no alert is rendered"
        for rule in alerts:
            if rule["annotations"]["runbook_url"] != f"{base}docs/runbooks/{rule['alert']}.md":
                yield f"{rule['alert']}: runbook_url became {rule['annotations']['runbook_url']}"

    def notes(self):
        """What an installation says in the end; `helm template` leaves it out."""
        with tempfile.TemporaryDirectory() as folder:
            copied = pathlib.Path(folder) / "webhook-platform"
            shutil.copytree(chart.CHART, copied)
            shutil.copy(copied / "templates" / "NOTES.txt", copied / "notes.txt")
            (copied / "templates" / "notes.yaml").write_text(NOTES_AS_OBJECT)
            for name, words in {"minimal": "is open to everybody", "gateway": "https://webhooks.example.com/v2",
                                "development": "Not for customers", "networkpolicy": "Accepted by global.acknowledge"}.items():
                objects = chart.render(self.first, chart.value_sets()[name], chart=copied)
                text = next(one["data"]["text"] for one in objects if one["metadata"]["name"] == "notes")
                if words not in text or "<no value>" in text:
                    yield f"the notes of {name} do not say \"{words}\":\n{text}"

    def schema_and_values(self):
        """The schema knows the keys of values.yaml, no more, and is closed."""
        schema = json.loads((chart.CHART / "values.schema.json").read_text())
        values = yaml.safe_load((chart.CHART / "values.yaml").read_text())
        yield from same_keys(schema, schema, values, "")

    def kept_keys(self):
        """What values.yaml has, null cannot take away."""
        yield from self.made(kept_keys.SCHEMA, kept_keys.written)

    def readme_values(self):
        """The values that the README begins with are enough."""
        text = readme.README.read_text()
        example = text.split("```yaml\n")[1].split("```")[0]
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as values:
            values.write(example)
            values.flush()
            yield from policy.check_all(chart.render(self.first, values.name))

    def readme(self):
        yield from self.made(readme.README, readme.written)

    def made(self, path, written):
        """The file is as `written` makes it of its text; with --update it becomes so."""
        before = path.read_text()
        after = written(before)
        if self.update:
            path.write_text(after)
        elif before != after:
            yield difference(before, after, path.name) + "\nwrite it anew: ./dev test deploy --update"

    def rules_expressions(self):
        series, recorded = families.read(), {rule["record"] for rule in rules.rules() if "record" in rule}
        for rule in rules.rules():
            for mistake in families.mistakes(rule["expr"], series, recorded):
                yield f"{rule.get('alert', rule.get('record'))}: {mistake}"

    def observability(self):
        self.test("rules: promtool check rules", rules.check, self.promtool)
        self.test("rules: promtool test rules", rules.test, self.promtool)
        self.test("rules: each comparison matters to a case", rule_breakages.check, self.promtool)
        self.test("rules: annotations", rules.check_annotations)
        self.test("rules: runbooks", rules.check_runbooks)
        self.test("rules: what the runbooks name exists", rules.check_pages, families.read())
        self.test("rules: queries of the runbooks", rules.check_queries, self.promtool, rules.queries_of_pages())
        self.test("dashboards: queries", rules.check_queries, self.promtool, dashboards.all_expressions())
        self.test("dashboards: files", dashboards.check_files, self.update)
        self.test("dashboards: metrics and labels exist", dashboards.check_expressions, families.read())
        self.test("dashboards: descriptions", dashboards.check_panels)
        self.test("dashboards: every metric is used", dashboards.check_all_used, families.read())
        self.test("rules: metrics and labels exist", self.rules_expressions)

    def all(self):
        self.test("schema: keys that null cannot take away", self.kept_keys)
        for name, file in chart.value_sets().items():
            for version, helm in self.helms.items():
                self.test(f"{name}: lint, {version}", self.lint, helm, file)
                self.test(f"{name}: {version} renders the same", self.same, name, helm)
            self.test(f"{name}: golden", self.golden, name)
            self.test(f"{name}: schemas of its objects", self.schema, name)
            self.test(f"{name}: policy", self.policy, name)
            if self.binaries:
                self.test(f"{name}: accepted by the services", self.accepted, name)
        self.test("golden files without a value set", self.leftovers)
        for case in load("cases.yaml"):
            for version, helm in self.helms.items():
                self.test(f"refused, {version}: {case['name']}", self.refused, helm, case)
        for breakage in load("breakages.yaml"):
            self.test(f"noticed: {breakage['in']} {breakage['at']}", self.noticed, breakage)
        self.observability()
        self.test("the services' settings", self.settings)
        self.test("the longest release name", self.long_release)
        self.test("rules and dashboards", self.extra_files)
        self.test("rules: links to runbooks", self.runbook_urls)
        self.test("notes", self.notes)
        self.test("schema and values", self.schema_and_values)
        self.test("README: its first values", self.readme_values)
        self.test("README: list of values", self.readme)


def same_keys(schema, whole, values, path):
    while "$ref" in schema:
        schema = whole["definitions"][schema["$ref"].rsplit("/", 1)[1]]
    if schema.get("additionalProperties"):
        return  # a free map, of a kind of values that the schema says
    if schema.get("additionalProperties") is not False:
        if values or "properties" in schema:
            yield f"{path or '/'}: the schema is open to any key"
        return
    known, there = set(schema["properties"]), set(values)
    # {} stands for changes to what is described elsewhere.
    for key in sorted(known - there) if values else []:
        yield f"{path}/{key}: in the schema, not in values.yaml"
    for key in sorted(there - known):
        yield f"{path}/{key}: in values.yaml, not in the schema"
    for key in sorted(there & known):
        if isinstance(values[key], dict):
            yield from same_keys(schema["properties"][key], whole, values[key], f"{path}/{key}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--helm", action="append", required=True, metavar="NAME=PATH")
    parser.add_argument("--promtool", required=True, metavar="PATH")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--only", default="", metavar="WORDS", help="tests whose names contain this")
    parser.add_argument("--binaries", type=pathlib.Path, metavar="FOLDER", help="of the built services")
    options = parser.parse_args()
    run = Run(dict(helm.split("=", 1) for helm in options.helm), options.promtool, options.update, options.only,
              options.binaries)
    run.all()
    print(f"{run.passed} passed, {run.failed} failed")
    return 1 if run.failed or not run.passed else 0


if __name__ == "__main__":
    sys.exit(main())
