"""Grafana's dashboards, made of panels_source.py: the classic JSON model, which every Grafana since 9 loads."""
import json
import re

import chart
import families
import panels_source
import rules

FOLDER = chart.CHART / "dashboards"
SCHEMA_VERSION = 36  # of Grafana 9.0; newer ones migrate it when they load it
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
METRIC = re.compile(r"\b(webhook[_:][\w:]+|grpc_server_\w+|process_\w+|up|ALERTS)\b(?!\s*\()(?:\{([^}]*)\})?")
COLUMNS = 24
HEIGHT = {"timeseries": 8, "stat": 4}
# Metrics that no panel or rule is about, and why.
INTERNAL = {}


def filled(expr):
    """With the variables' filters at each metric. A recorded series and an alert have no job."""
    def add(match):
        name, matchers = match.groups()
        filters = ['namespace=~"$namespace"']
        if not name.startswith("webhook:") and name != "ALERTS":
            filters.append('job=~"$job"')
        return f"{name}{{{', '.join(filters + ([matchers] if matchers else []))}}}"
    return METRIC.sub(add, expr).replace("[R]", "[$__rate_interval]")


def target(query, number):
    expr, legend = query if isinstance(query, tuple) else (query, None)
    if legend is None:
        labels = families.GROUPING.search(expr)[1].split(",")
        legend = " ".join(f"{{{{{label.strip()}}}}}" for label in labels)
    return {"refId": chr(ord("A") + number), "datasource": DATASOURCE, "expr": filled(expr), "legendFormat": legend or "value",
            "range": True}


def panel(one, number, place):
    steps = [{"color": "green", "value": None}] + ([] if one.red is None else [{"color": "red", "value": one.red}])
    field = {"unit": one.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}}
    made = {"id": number, "type": one.kind, "title": one.title, "description": one.what, "datasource": DATASOURCE, "gridPos": place,
            "targets": [target(query, at) for at, query in enumerate(one.queries)],
            "fieldConfig": {"defaults": field, "overrides": []}}
    if one.kind == "stat":
        field["color"] = {"mode": "thresholds"}
        made["options"] = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "colorMode": "value",
                           "graphMode": "area", "textMode": "auto"}
    else:
        field["color"] = {"mode": "palette-classic"}
        field["custom"] = {"drawStyle": "line", "lineWidth": 1, "fillOpacity": 10, "showPoints": "never", "spanNulls": False,
                           "thresholdsStyle": {"mode": "off" if one.red is None else "line"}}
        made["options"] = {"legend": {"displayMode": "list", "placement": "bottom", "calcs": []},
                           "tooltip": {"mode": "multi", "sort": "desc"}}
    return made


def variable(name, label, query):
    return {"name": name, "label": label, "type": "query", "datasource": DATASOURCE, "query": {"query": query, "refId": name},
            "definition": query, "refresh": 2, "sort": 1, "multi": True, "includeAll": True, "allValue": ".*", "hide": 0,
            "current": {"selected": True, "text": ["All"], "value": ["$__all"]}, "options": [], "regex": "", "skipUrlSync": False}


def model(dashboard):
    panels, number, y = [], 1, 0
    for title, row in dashboard.rows.items():
        panels.append({"id": number, "type": "row", "title": title, "collapsed": False, "panels": [],
                       "gridPos": {"x": 0, "y": y, "w": COLUMNS, "h": 1}})
        number, x, y = number + 1, 0, y + 1
        for one in row:
            height = HEIGHT[one.kind]
            if x + one.width > COLUMNS:
                x, y = 0, y + height
            panels.append(panel(one, number, {"x": x, "y": y, "w": one.width, "h": height}))
            number, x = number + 1, x + one.width
        y += height
    datasource = {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "refresh": 1, "hide": 0,
                  "current": {}, "options": [], "regex": "", "multi": False, "includeAll": False, "skipUrlSync": False}
    link = {"title": "Webhook platform", "type": "dashboards", "tags": ["webhook-platform"], "asDropdown": False, "includeVars": True,
            "keepTime": True, "icon": "external link", "tooltip": "", "url": "", "targetBlank": False}
    return {"uid": f"webhook-{dashboard.name}", "title": f"Webhooks: {dashboard.title}", "description": dashboard.what,
            "tags": ["webhook-platform"], "schemaVersion": SCHEMA_VERSION, "version": 1, "id": None, "editable": True, "graphTooltip": 1,
            "refresh": "30s", "time": {"from": "now-3h", "to": "now"}, "timepicker": {}, "timezone": "", "fiscalYearStartMonth": 0,
            "annotations": {"list": []}, "links": [link], "panels": panels,
            "templating": {"list": [datasource, variable("namespace", "Namespace", "label_values(webhook_build_info, namespace)"),
                                    variable("job", "Job", 'label_values(webhook_build_info{namespace=~"$namespace"}, job)')]}}


def written():
    """File -> text."""
    return {FOLDER / f"{one.name}.json": json.dumps(model(one), indent=1, ensure_ascii=False) + "\n" for one in panels_source.ALL}


def expressions(text):
    """(panel's title, expression) of a dashboard's JSON."""
    for one in json.loads(text)["panels"]:
        for query in one.get("targets", []):
            yield one["title"], query["expr"]


def all_expressions():
    for file, text in written().items():
        for title, expr in expressions(text):
            yield f"{file.name}, {title}", expr


def check_files(update):
    texts = written()
    if update:
        FOLDER.mkdir(exist_ok=True)
        for file, text in texts.items():
            file.write_text(text)
    for file, text in texts.items():
        if not file.exists() or file.read_text() != text:
            yield f"{file.name} is not what panels_source.py says: ./dev test deploy --update"
    for file in sorted(set(FOLDER.glob("*")) - set(texts)):
        yield f"{file.name}: panels_source.py has no such dashboard"


def check_expressions(series):
    recorded = {rule["record"] for rule in rules.rules() if "record" in rule}
    for file, text in written().items():
        for title, expr in expressions(text):
            for mistake in families.mistakes(expr.replace("$__rate_interval", "1m"), series, recorded):
                yield f"{file.name}, {title}: {mistake}"
            if re.search(r"\b1\s*-\s*", expr):
                yield f"{file.name}, {title}: 1 - good / all is 1 without traffic"


def check_panels():
    for one in panels_source.ALL:
        for panel_of in (panel for row in one.rows.values() for panel in row):
            if not panel_of.what.endswith("."):
                yield f"{one.name}, {panel_of.title}: its description is no sentence"


def check_all_used(series):
    """A metric that nobody looks at is not worth its memory."""
    seen = set()
    for text in written().values():
        for _, expr in expressions(text):
            seen |= families.used(expr.replace("$__rate_interval", "1m"), series)
    for rule in rules.rules():
        seen |= families.used(rule["expr"], series)
    every = {family for family, _ in series.values()}
    for name in sorted(every - seen - set(INTERNAL)):
        yield f"{name}: no panel and no rule uses it; add one, or say in INTERNAL why not"
    for name in sorted(set(INTERNAL) & seen):
        yield f"{name}: is in INTERNAL, and used"
