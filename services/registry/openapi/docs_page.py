#!/usr/bin/env python3
"""Writes the API's description as one static page: docs_page.py OPENAPI.json OUT.html

No script, no request to anywhere: it works offline and under the strictest policy.
"""
import html
import json
import pathlib
import re
import sys

STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--accent:light-dark(#0b5fff,#7db0ff)}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem 1.5rem 4rem}
h1{margin-bottom:0}h2{margin-top:3rem;border-bottom:1px solid var(--line)}
h3{margin:2.5rem 0 .25rem;font-size:1.1rem}
code,pre{font:14px/1.45 ui-monospace,monospace;overflow-wrap:anywhere}
pre{background:var(--soft);padding:.75rem 1rem;border-radius:.4rem;overflow-x:auto}
a{color:var(--accent)}nav ul{columns:18rem;padding-left:1.2rem}
.method{display:inline-block;min-width:4.2rem;font-weight:700}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line)}
th{font-weight:600}td:first-child{white-space:nowrap}.scope{opacity:.75;font-size:.9rem}
@media(max-width:40rem){td:first-child{white-space:normal}}
"""


class Page:
    def __init__(self, document):
        self.document = document
        self.parts = []

    def add(self, text):
        self.parts.append(text)

    def resolve(self, part):
        while "$ref" in part:
            found = self.document
            for name in part["$ref"][2:].split("/"):
                found = found[name]
            part = found
        return part

    def type_of(self, schema):
        """The schema in a few words: "list of string, 1 to 100 items"."""
        schema = self.resolve(schema)
        if "oneOf" in schema:
            return " or ".join(self.type_of(way) for way in schema["oneOf"])
        types = schema.get("type", "any")
        words = " or ".join(types) if isinstance(types, list) else types
        if "enum" in schema:
            words = "one of " + ", ".join(f"<code>{html.escape(str(word))}</code>" for word in schema["enum"])
        if words == "array":
            words = "list of " + self.type_of(schema.get("items", {}))
        bounds = []
        for least, most, unit in (
            ("minimum", "maximum", ""),
            ("minLength", "maxLength", " characters"),
            ("minItems", "maxItems", " items"),
            ("minProperties", "maxProperties", " members"),
        ):
            if least in schema and most in schema:
                bounds.append(f"{schema[least]} to {schema[most]}{unit}")
            elif most in schema:
                bounds.append(f"at most {schema[most]}{unit}")
            elif least in schema:
                bounds.append(f"at least {schema[least]}{unit}")
        if "default" in schema:
            bounds.append(f"default {json.dumps(schema['default'])}")
        return ", ".join([words, *bounds])

    def rows(self, schema, prefix=""):
        schema = self.resolve(schema)
        for name, inner in schema.get("properties", {}).items():
            member = self.resolve(inner)
            told = text(member.get("description", ""))
            needed = " (required)" if name in schema.get("required", []) and prefix == "" else ""
            yield f"{prefix}{name}", self.type_of(inner) + needed, told
            yield from self.rows(member, f"{prefix}{name}.")
            if member.get("type") == "array":
                yield from self.rows(member.get("items", {}), f"{prefix}{name}[].")

    def table(self, rows):
        rows = list(rows)
        if not rows:
            return
        self.add("<table><tr><th>Name<th>Type<th>Meaning")
        for name, kind, told in rows:
            self.add(f"<tr><td><code>{html.escape(name)}</code><td>{kind}<td>{told}")
        self.add("</table>")

    def operation(self, method, path, shared, operation):
        self.add(f'<h3 id="{operation["operationId"]}"><span class="method">{method.upper()}</span> '
                 f"<code>{html.escape(path)}</code></h3>")
        self.add(f"<p><b>{text(operation['summary'])}</b><span class=scope>{needs(operation)}</span></p>")
        if "description" in operation:
            self.add(f"<p>{text(operation['description'])}</p>")
        parameters = [self.resolve(part) for part in [*shared, *operation.get("parameters", [])]]
        self.table((f"{part['name']} ({part['in']})",
                    self.type_of(part["schema"]) + (" (required)" if part.get("required") else ""),
                    text(part.get("description", ""))) for part in parameters)
        if "requestBody" in operation:
            content = next(iter(operation["requestBody"]["content"].values()))
            self.add("<p>Body</p>")
            self.table(self.rows(content["schema"]))
            example = content.get("example") or self.resolve(content["schema"]).get("example")
            if example:
                self.add(f"<pre>{html.escape(json.dumps(example, indent=2))}</pre>")
        for status, part in operation["responses"].items():
            answer = self.resolve(part)
            self.add(f"<p>Answer <b>{status}</b>: {text(answer['description'])}</p>")
            if not status.startswith("2"):
                continue
            for content in answer.get("content", {}).values():
                self.table(self.rows(content["schema"]))

    def write(self):
        info = self.document["info"]
        tags = [tag["name"] for tag in self.document["tags"]]
        found = {tag: [] for tag in tags}
        for path, item in self.document["paths"].items():
            for method in ("get", "post", "put", "patch", "delete"):
                if method in item:
                    found[item[method]["tags"][0]].append((method, path, item.get("parameters", []), item[method]))
        self.add(f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(info["title"])} API</title>'
                 '<meta name="viewport" content="width=device-width, initial-scale=1">'
                 f"<style>{STYLE}</style><main><h1>{html.escape(info['title'])} API</h1>"
                 f"<p>{text(info['summary'])} <a href=\"openapi.json\">OpenAPI 3.1</a></p>")
        for paragraph in info["description"].split("\n\n"):
            self.add(f"<p>{text(paragraph)}</p>")
        self.add("<nav>")
        for tag in tags:
            self.add(f"<h4>{html.escape(tag)}</h4><ul>")
            for _, _, _, operation in found[tag]:
                self.add(f'<li><a href="#{operation["operationId"]}">{text(operation["summary"])}</a>')
            self.add("</ul>")
        self.add("</nav>")
        for tag in self.document["tags"]:
            self.add(f"<h2>{html.escape(tag['name'])}</h2><p>{text(tag.get('description', ''))}</p>")
            for operation in found[tag["name"]]:
                self.operation(*operation)
        self.add("</main></html>")
        return "\n".join(self.parts) + "\n"


def needs(operation):
    """Which credentials it takes where not either, and with which scopes: the same for all ways in."""
    ways = {scheme: scopes for way in operation["security"] for scheme, scopes in way.items()}
    alone = {("api_key",): " · API key alone", ("session",): " · session alone"}.get(tuple(ways), "")
    scopes = next(iter(ways.values()), [])
    return alone + (" · scope " + ", ".join(f"<code>{scope}</code>" for scope in scopes) if scopes else "")


def text(markdown):
    """The little of Markdown that the description uses: code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(markdown.strip(), quote=False))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    document = json.loads(pathlib.Path(sys.argv[1]).read_text())
    pathlib.Path(sys.argv[2]).write_text(Page(document).write())


main()
