#!/usr/bin/env python3
"""Joins the YAML files of the API's description into one OpenAPI document: bundle.py FOLDER OUT.json"""
import json
import pathlib
import sys

import yaml


def join(into, part, where):
    """Adds part to into; a key that both have must be an object in both."""
    for key, value in part.items():
        if key in into and isinstance(into[key], dict) and isinstance(value, dict):
            join(into[key], value, f"{where}/{key}")
        elif key == "tags" and where.endswith("#") and key in into:
            into[key] += value
        elif key in into:
            sys.exit(f"{where}/{key} is defined twice")
        else:
            into[key] = value


def check(part, where):
    """Nothing in it is null: that is a flow mapping whose text holds a comma and no quotes."""
    if part is None:
        sys.exit(f"{where}: put the text before it in quotes")
    if isinstance(part, dict):
        for key, value in part.items():
            check(value, f"{where}/{key}")


def open_to_sessions(operation):
    """A session is its key: it may do what its key may, unless the operation is for a key alone."""
    if not operation.pop("x-key-alone", False):
        operation["security"] += [{"session": way["api_key"]} for way in operation["security"] if "api_key" in way]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    document = {}
    files = sorted(pathlib.Path(sys.argv[1]).glob("*.yaml"), key=lambda file: (file.stem != "api", file.stem))
    for file in files:
        part = yaml.safe_load(file.read_text())
        check({key: value for key, value in part.items() if not key.startswith("x-")}, file.name + "#")
        join(document, part, file.name + "#")
    for item in document["paths"].values():
        for method, operation in item.items():
            if method != "parameters":
                open_to_sessions(operation)
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    pathlib.Path(sys.argv[2]).write_text(text)


main()
