"""Recording and alert rules: what promtool says, what metrics they are about, and whether each alert has its page."""
import pathlib
import re
import subprocess
import tempfile

import yaml

import chart
import families

FILES = sorted((chart.CHART / "rules").glob("*.yaml"))
TESTS = pathlib.Path(__file__).resolve().parent / "rules_test.yaml"
RUNBOOKS = chart.ROOT / "docs" / "runbooks"
NOT_SETTINGS = {"event-ingest", "delivery-worker", "webhooks-event-ingest", "webhooks-delivery-worker"}
SEVERITIES = {"page", "ticket", "info"}
# What an operator needs at night, in this order.
SECTIONS = ["## Who notices", "## Look first", "## Likely causes", "## What to do", "## It is over when"]


BLOCK = re.compile(r"```promql\n(.*?)\n```", re.DOTALL)
# Log events are "part.what"; a file or a topic is no event.
EVENT = re.compile(r"`([a-z_]+\.[a-z_]+)`")
SOURCES = [file for folder in ("libs", "services") for file in sorted((chart.ROOT / folder).rglob("*.cc"))]


def rules(files=FILES):
    """Every rule of the files, as its map."""
    for file in files:
        for group in yaml.safe_load(file.read_text())["groups"]:
            yield from group["rules"]


def alerts():
    return [rule for rule in rules() if "alert" in rule]


def promtool(program, *arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        yield done.stdout + done.stderr


def check(program):
    yield from promtool(program, "check", "rules", *FILES)


def test(program, rule_as=lambda rule: rule, case_as=lambda case: case):
    """What is tried of each rule and case is what these make of it; None: it is left out. promtool compares annotations too, which are
    prose: its copy of the rules has none."""
    tests = yaml.safe_load(TESTS.read_text())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for file in FILES:
            content = yaml.safe_load(file.read_text())
            for group in content["groups"]:
                tried = [rule_as(rule) for rule in group["rules"]]
                group["rules"] = [{key: rule[key] for key in rule if key != "annotations"} for rule in tried if rule]
            (folder / file.name).write_text(yaml.safe_dump(content))
        tests["rule_files"] = [str(folder / file.name) for file in FILES]
        tests["tests"] = [case for case in map(case_as, tests["tests"]) if case]
        (folder / "tests.yaml").write_text(yaml.safe_dump(tests, sort_keys=False))
        yield from promtool(program, "test", "rules", folder / "tests.yaml")


def check_queries(program, queries):
    """Whether Prometheus understands (name, expression): each as a recording rule."""
    with tempfile.TemporaryDirectory() as name:
        for who, expr in queries:
            file = pathlib.Path(name) / "query.yaml"
            rule = {"record": "query", "expr": expr.replace("$__rate_interval", "1m")}
            file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": [rule]}]}))
            for said in promtool(program, "check", "rules", file):
                yield f"{who}: {expr}: {said.strip().splitlines()[-1]}"


def queries_of_pages():
    for page in sorted(RUNBOOKS.glob("*.md")):
        for query in BLOCK.findall(page.read_text()):
            yield page.name, query


def check_annotations():
    for alert in alerts():
        name, annotations = alert["alert"], alert.get("annotations", {})
        if alert.get("labels", {}).get("severity") not in SEVERITIES:
            yield f"{name}: severity is none of {sorted(SEVERITIES)}"
        for key in ("summary", "description", "runbook_url"):
            if not annotations.get(key):
                yield f"{name}: has no {key}"
        if annotations.get("runbook_url") != f"docs/runbooks/{name}.md":
            yield f"{name}: its runbook is {annotations.get('runbook_url')}"


def check_runbooks():
    names = {alert["alert"] for alert in alerts()}
    pages = {page.stem: page for page in RUNBOOKS.glob("*.md") if page.stem != "README"}
    for name in sorted(names - set(pages)):
        yield f"{name}: there is no docs/runbooks/{name}.md"
    for name in sorted(set(pages) - names):
        yield f"docs/runbooks/{name}.md: no alert has this name"
    for name in sorted(names & set(pages)):
        text = pages[name].read_text()
        if not text.startswith(f"# {name}\n"):
            yield f"docs/runbooks/{name}.md: its title is not the alert's name"
        headings = re.findall(r"^## .*", text, re.MULTILINE)
        if headings != SECTIONS:
            yield f"docs/runbooks/{name}.md: its sections are {headings}, not {SECTIONS}"


def code(text):
    """The queries of a page: its blocks, and what it quotes that begins with a metric or a function of one."""
    yield from BLOCK.findall(text)
    for quoted in re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        if re.search(r"\b(webhook_[a-z]|webhook:|process_[a-z]|grpc_server_)", quoted):
            yield quoted


def check_pages(series):
    """What a page names exists: metrics and their labels, log events, settings of the services."""
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    sources = "".join(file.read_text() for file in SOURCES)
    whole = {family for family, _ in series.values()}
    names = set(re.findall(r"table\.\w+\(\s*\"([a-z-]+)\"", sources))
    for page in sorted(RUNBOOKS.glob("*.md")):
        text = page.read_text()
        for query in code(text):
            if query in whole:
                continue  # a histogram by its name
            for mistake in families.mistakes(query.replace("webhook_…", ""), series, recorded):
                yield f"{page.name}: {query}: {mistake}"
        for event in EVENT.findall(text):
            if f"\"{event}\"" not in sources and not re.match(r"webhook\.|\w+\.(enable|md)$", event):
                yield f"{page.name}: nothing logs {event}"
        for setting in re.findall(r"`([a-z]+(?:-[a-z]+)+)`", text):
            if setting not in names and setting not in NOT_SETTINGS:
                yield f"{page.name}: no service has the setting {setting}"
