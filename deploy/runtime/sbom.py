#!/usr/bin/env python3
"""Writes what an image is made of, as CycloneDX JSON: sbom.py BINARY ROOT

In the build stage, after collect.sh. Its parts are the Debian packages whose files are in ROOT, those whose headers were
compiled in, as ninja noted them, and the pinned sources. Written to ROOT/usr/share/sbom/BINARY.cdx.json.
"""
import json
import pathlib
import re
import subprocess
import sys

BUILD = pathlib.Path("build/release")
# Script that fetches it -> how a compiled-in header of it looks.
DASHBOARD = pathlib.Path("/deps/dashboard/package-lock.json")
PINNED = {"/deps/build_rdkafka.sh": "/deps/librdkafka/", "/deps/fetch_jsoncons.sh": "/deps/jsoncons/"}


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def compiled_headers(binary):
    """Paths of all headers outside this repository that went into the binary."""
    objects = {line for line in output("ninja", "-C", BUILD, "-t", "inputs", f"bin/{binary}").splitlines()
               if line.endswith(".o")}
    headers, wanted = set(), False
    for line in output("ninja", "-C", BUILD, "-t", "deps").splitlines():
        if line.startswith("    "):
            if wanted and line.strip().startswith(("/usr/", "/deps/")):
                headers.add(line.strip())
        else:
            wanted = line.split(":")[0] in objects
    return headers


def owners(paths):
    found = subprocess.run(["dpkg-query", "-S", *sorted(paths)], capture_output=True, text=True, check=False).stdout
    return {line.split(": ")[0].split(":")[0].split(",")[0] for line in found.splitlines()}


def debian_component(package, use):
    version, architecture, source = output(
        "dpkg-query", "-W", "-f", "${Version}\t${Architecture}\t${source:Package}\n", package).splitlines()[0].split("\t")
    return {"type": "library", "bom-ref": f"deb:{package}", "name": package, "version": version,
            "purl": f"pkg:deb/debian/{package}@{version.replace('+', '%2B').replace(':', '%3A')}"
                    f"?arch={architecture}&distro=debian-12",
            "properties": [{"name": "debian:source", "value": source}, {"name": "webhook:use", "value": use}]}


def pinned_component(script):
    text = pathlib.Path(script).read_text()
    name, version = re.search(r"# carries (\S+) (\S+)", text).groups()
    package = re.search(r"^package=(\S+)", text, re.M).group(1)
    archive = re.search(r"^sha256=(\S+)", text, re.M).group(1)
    return {"type": "library", "bom-ref": f"source:{name}", "name": name, "version": version,
            "purl": f"pkg:generic/{name}@{version}",
            "properties": [{"name": "webhook:use", "value": "compiled in"},
                           {"name": "webhook:package", "value": package},
                           {"name": "webhook:package-sha256", "value": archive}]}


def dashboard_components():
    """The modules that the registry serves to browsers."""
    packages = json.loads(DASHBOARD.read_text())["packages"]
    for path, package in packages.items():
        if not path:
            continue
        name = path.removeprefix("node_modules/")
        yield {"type": "library", "bom-ref": f"npm:{name}", "name": name, "version": package["version"],
               "purl": f"pkg:npm/{name}@{package['version']}",
               "licenses": [{"license": {"id": package["license"]}}],
               "properties": [{"name": "webhook:use", "value": "served"},
                              {"name": "webhook:package-integrity", "value": package["integrity"]}]}


def main(binary, root):
    shipped = {path.name for path in (root / "var/lib/dpkg/status.d").iterdir()}
    headers = compiled_headers(binary)
    if not headers:
        sys.exit(f"ninja knows no header of {binary}")
    compiled = owners(path for path in headers if path.startswith("/usr/")) - shipped
    components = [debian_component(package, "shipped") for package in sorted(shipped)]
    components += [debian_component(package, "compiled in") for package in sorted(compiled)]
    components += [pinned_component(script) for script, prefix in PINNED.items()
                   if any(path.startswith(prefix) for path in headers)]
    if binary == "registry":
        components += dashboard_components()
    version = re.search(r"VERSION (\S+)", pathlib.Path("CMakeLists.txt").read_text().split("project(")[1]).group(1)
    product = {"type": "application", "bom-ref": binary, "name": binary, "version": version,
               "licenses": [{"license": {"id": "Apache-2.0"}}]}
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
                "metadata": {"component": product}, "components": components,
                "dependencies": [{"ref": binary, "dependsOn": [part["bom-ref"] for part in components]}]}
    target = root / "usr/share/sbom" / f"{binary}.cdx.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
