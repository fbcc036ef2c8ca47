#!/usr/bin/env python3
"""Packs the dashboard's files into a C++ source: pack.py WEB_DIR MODULES_DIR OUT_DIR

OUT_DIR gets each file as it is and gzipped, and assets.cc, which embeds them. Third-party modules are taken from
MODULES_DIR (node_modules) as they were published, but for what a browser cannot do without a bundler: finding a module by
its bare name.
"""
import gzip
import hashlib
import html
import json
import pathlib
import re
import sys

TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}
# Served as -> where in node_modules.
THIRD_PARTY = {
    "vendor/preact.js": "preact/dist/preact.mjs",
    "vendor/hooks.js": "preact/hooks/dist/hooks.mjs",
    "vendor/htm.js": "htm/dist/htm.mjs",
    "vendor/uplot.js": "uplot/dist/uPlot.iife.min.js",
    "vendor/uplot.css": "uplot/dist/uPlot.min.css",
}
STATIC_IMPORT = re.compile(r'^(?:import|export)\b[^\'"();]*?[\'"](\.{1,2}/[^\'"]+)[\'"]', re.M)


def third_party(modules):
    for name, path in THIRD_PARTY.items():
        text = (modules / path).read_text()
        text = text.replace('from"preact"', 'from"./preact.js"')
        text = re.sub(r"\n?//# sourceMappingURL=\S+\s*$", "\n", text)
        if name == "vendor/uplot.js":
            text += "\nexport default uPlot;\n"
        yield name, text
    licences = []
    for package in sorted({path.split("/")[0] for path in THIRD_PARTY.values()}):
        version = json.loads((modules / package / "package.json").read_text())["version"]
        licences.append(f"{package} {version}\n\n{(modules / package / 'LICENSE').read_text()}")
    yield "vendor/LICENSES.txt", ("\n" + "-" * 80 + "\n\n").join(licences)


def eager_modules(files, entry):
    """What the entry imports at once, and so on: the browser may fetch it all in one go."""
    found, left = [], [entry]
    while left:
        name = left.pop()
        for target in STATIC_IMPORT.findall(files[name]):
            path = (pathlib.PurePosixPath("/") / pathlib.PurePosixPath(name).parent / target).as_posix()
            parts = []
            for part in path.strip("/").split("/"):
                parts = parts[:-1] if part == ".." else parts + [part]
            module = "/".join(parts)
            if module not in files:
                sys.exit(f"{name} imports {target}, which is not there")
            if module not in found:
                found.append(module)
                left.append(module)
    return sorted(found)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    web, modules, out = map(pathlib.Path, sys.argv[1:])
    files = {path.relative_to(web).as_posix(): path.read_text() for path in sorted(web.rglob("*")) if path.is_file()}
    files.update(third_party(modules))
    version = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:12]
    preload = "\n".join(f'  <link rel="modulepreload" href="/dashboard/assets/{version}/{html.escape(name)}">'
                        for name in eager_modules(files, "app.js"))
    files["index.html"] = files["index.html"].replace("@VERSION@", version).replace("<!-- @PRELOAD@ -->", preload.strip())

    rows, sections = [], []
    for index, (name, text) in enumerate(sorted(files.items())):
        plain, packed = out / "files" / name, out / "files" / (name + ".gz")
        plain.parent.mkdir(parents=True, exist_ok=True)
        plain.write_text(text)
        packed.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
        for label, path in ((f"dashboard_plain_{index}", plain), (f"dashboard_packed_{index}", packed)):
            sections.append(f'    "{label}: .incbin \\"{path}\\"\\n{label}_end:\\n"')
        kind = TYPES[pathlib.PurePosixPath(name).suffix]
        rows.append((name, f"{kind}; charset=utf-8", f"dashboard_plain_{index}", f"dashboard_packed_{index}"))
    lines = ['#include "services/registry/dashboard/assets.h"', "", "asm(",
             '    ".pushsection .rodata\\n"', *sections, '    ".popsection\\n");', "", 'extern "C" {']
    for _, _, plain, packed in rows:
        lines += [f"extern const char {label}[];" for name in (plain, packed) for label in (name, name + "_end")]
    lines += ["}", "", "namespace webhook::dashboard {", "", f'const std::string_view kVersion = "{version}";', "",
              "const std::vector<Asset>& Assets() {", "  static const std::vector<Asset> assets = {"]
    for name, kind, plain, packed in rows:
        lines.append(f'      {{"{name}", "{kind}", {{{plain}, {plain}_end}}, {{{packed}, {packed}_end}}}},')
    lines += ["  };", "  return assets;", "}", "", "}  // namespace webhook::dashboard", ""]
    (out / "assets.cc").write_text("\n".join(lines))


main()
