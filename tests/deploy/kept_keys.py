"""What the chart's schema says of null: a key that has a default must stay, since null would take it away unseen.

It is the definition `kept` of values.schema.json, made from values.yaml.
"""
import json

import yaml

import chart

SCHEMA = chart.CHART / "values.schema.json"
BEGIN, END = '    "kept": ', "\n  },"
# Kubernetes' own words, of which one may want to be rid.
FREE = ("resources", "labels", "annotations", "podLabels")


def kept(values):
    """The JSON schema by which each key of `values`, and of what it holds, is there."""
    inner = {key: kept(value) for key, value in values.items() if isinstance(value, dict) and value and key not in FREE}
    return {"required": sorted(values), **({"properties": inner} if inner else {})}


def written(text):
    """The schema's text with the definition as it must be, in one line: the last one of `definitions`."""
    begin = text.index(BEGIN) + len(BEGIN)
    values = yaml.safe_load((chart.CHART / "values.yaml").read_text())
    return text[:begin] + json.dumps(kept(values)) + text[text.index(END, begin):]
