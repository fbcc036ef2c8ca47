"""The list of values in the chart's README, from the comments of values.yaml: each key is described above its line."""
import json
import re

import yaml

import chart

README = chart.CHART / "README.md"
BEGIN, END = "<!-- values: begin -->\n", "<!-- values: end -->\n"
KEY = re.compile(r"^( *)([\w.-]+):")
COMMENT = re.compile(r"^( *)# ?(.*)$")


class Undocumented(Exception):
    """Keys without a comment."""


def comments_of(text):
    """Path of a key -> the comment above it."""
    comments, path, pending = {}, [], []
    for line in text.splitlines():
        comment, key = COMMENT.match(line), KEY.match(line)
        if comment:
            pending.append(comment[2])
            continue
        if key:
            path = path[: len(key[1]) // 2] + [key[2]]
            if pending:
                comments[tuple(path)] = " ".join(pending)
        pending = []
    return comments


def rows(path, value, comments):
    """(path, default or None for a section, comment) of a key and all below it."""
    below = {key: path + (key,) for key in value} if isinstance(value, dict) else {}
    documented = any(known[: len(path)] == path and len(known) > len(path) for known in comments)
    if below and documented:
        yield path, None, comments.get(path, "")
        for key, deeper in below.items():
            yield from rows(deeper, value[key], comments)
    else:
        yield path, value, comments.get(path)


def escape(text):
    return text.replace("|", "\\|")


def section(key, value, comments):
    """Markdown of a key and all below it: tables, between them what is said of whole sections."""
    lines, in_table = [], False
    for path, default, comment in rows((key,), value, comments):
        name = ".".join(path)
        if comment is None:
            raise Undocumented(f"values.yaml has no comment above {name}")
        if default is None:
            if comment:
                lines += ["", comment if len(path) == 1 else f"`{name}`: {comment}"]
                in_table = False
            continue
        if not in_table:
            lines += ["", "| key | default | meaning |", "|---|---|---|"]
        in_table = True
        lines.append(f"| `{name}` | `{escape(json.dumps(default))}` | {escape(comment)} |")
    return lines


def list_values():
    text = (chart.CHART / "values.yaml").read_text()
    comments, lines = comments_of(text), []
    for key, value in yaml.safe_load(text).items():
        lines += ["", f"### {key}"] + section(key, value, comments)
    return "\n".join(lines).lstrip("\n") + "\n"


def written(text):
    """The README with the list of values as it must be."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + "\n" + list_values() + "\n" + END + rest.split(END)[1]
