"""What metrics there are, read from libs/metrics/families.h, and which an expression is about."""
import re

import chart

SOURCE = chart.ROOT / "libs" / "metrics" / "families.h"
# Of Prometheus itself, and those that the scrape adds to every series.
OF_PROMETHEUS = {"up": set(), "ALERTS": {"alertname", "alertstate", "severity"}}
OF_SCRAPES = {"job", "instance", "namespace", "pod"}
DECLARED = re.compile(r"(Counter|Gauge|Histogram)Of\(\s*\"([^\"]+)\"(.*?)\);", re.DOTALL)
LABEL = re.compile(r"Label\{\"([^\"]+)\",\s*((?:\"[^\"]*\"\s*)+)\}")

KEYWORDS = {"and", "or", "unless", "on", "ignoring", "by", "without", "group_left", "group_right", "bool", "offset", "inf",
            "nan"}
SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{([^{}]*)\})?")
MATCHER = re.compile(r"([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*\"((?:[^\"\\]|\\.)*)\"")
GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"")


def read():
    """Name of a series -> (family, {label: its values, or None where they are not listed})."""
    series = {}
    for kind, name, rest in DECLARED.findall(SOURCE.read_text()):
        labels = {}
        for label, texts in LABEL.findall(rest):
            values = "".join(re.findall(r"\"([^\"]*)\"", texts))
            labels[label] = None if "<" in values else set(values.split(", "))
        if kind == "Histogram":
            series[f"{name}_bucket"] = (name, labels | {"le": None})
            series[f"{name}_sum"] = series[f"{name}_count"] = (name, labels)
        else:
            series[name] = (name, labels)
    return series


def selectors(expr):
    """(metric, [(label, operator, value)]) of each; and the labels that it groups by."""
    grouped = {label.strip() for labels in GROUPING.findall(expr) for label in labels.split(",") if label.strip()}
    bare = GROUPING.sub(" ", expr)
    found = []
    for match in SELECTOR.finditer(blank_strings_outside_braces(bare)):
        name, braces = match.groups()
        before, after = bare[:match.start()].rstrip(), bare[match.end():].lstrip()
        is_number = bool(re.search(r"[0-9.]$", bare[:match.start()])) or before.endswith(("[", ":", "offset"))
        if name.lower() in KEYWORDS or is_number or (braces is None and after.startswith("(")):
            continue
        found.append((name, MATCHER.findall(braces or "")))
    return found, grouped


def blank_strings_outside_braces(expr):
    """Strings that are arguments, as of label_replace, blanked; those of matchers stay."""
    parts = re.split(r"(\{[^{}]*\})", expr)
    return "".join(part if part.startswith("{") else STRING.sub(lambda text: " " * len(text[0]), part) for part in parts)


def mistakes(expr, series, recorded=(), extra_labels=()):
    """What the expression asks for that no service exports. `extra_labels`: those that it makes itself."""
    found, grouped = selectors(expr)
    if not found:
        yield "asks for no metric"
    known = set(OF_SCRAPES) | set(extra_labels)
    for name, matchers in found:
        if name in recorded:
            labels = {}
        elif name in OF_PROMETHEUS:
            labels = dict.fromkeys(OF_PROMETHEUS[name])
        elif name in series:
            labels = series[name][1]
        else:
            yield f"{name}: there is no such metric"
            continue
        known |= set(labels)
        for label, operator, value in matchers:
            if label not in labels and label not in OF_SCRAPES:
                yield f"{name}: has no label {label}"
            elif labels.get(label) and operator == "=" and value not in labels[label]:
                yield f"{name}: {label} is never \"{value}\""
            elif labels.get(label) and operator == "=~" and "$" not in value:
                for one in value.split("|"):
                    if not any(re.fullmatch(one, there) for there in labels[label]):
                        yield f"{name}: {label} is never \"{one}\""
    for label in sorted(grouped - known):
        yield f"groups by {label}, which none of its metrics has"


def used(expr, series):
    """The families that it is about."""
    return {series[name][0] for name, _ in selectors(expr)[0] if name in series}
