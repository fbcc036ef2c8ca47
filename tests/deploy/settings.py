"""What the services' tables of settings and the chart say about each other.

The tables are read from services/*/config.cc as text: names, defaults and bounds stand there in a fixed form.
"""
import json
import re

import yaml

import chart

# Key in values -> the service.
SERVICES = {"registry": "registry", "ingest": "event-ingest", "worker": "delivery-worker"}
# What webhookctl reads of the environment that the chart gives it.
TOOL = {"registry-addr", "ingest-addr", "rest-url", "internal-token", "kafka", "pg-dsn", "delivery-partitions"}
KAFKA = {"kafka", "kafka-security-protocol", "kafka-sasl-mechanism", "kafka-sasl-username", "kafka-sasl-password", "kafka-ca-file",
         "kafka-cert-file", "kafka-key-file"}
TLS = {"tls-cert-file", "tls-key-file", "tls-ca-file"}
TRACING = {"otlp-endpoint", "trace-sample-ratio"}
# Settings of a service that its config.cc does not declare in its own words.
SHARED = {
    "registry": KAFKA | TLS | {"tls-client-sans"},
    "event-ingest": KAFKA | TLS | TRACING | {"tls-client-sans"},
    "delivery-worker": KAFKA | TLS | TRACING,
    "webhookctl": KAFKA | TLS | {"pg-password"},
}
# Settings that no value names, and why.
LEFT_OUT = {
    "admin-addr": "the chart's ports are fixed",
    "rest-addr": "likewise",
    "grpc-addr": "likewise",
    "roles": "one Deployment does all that its service can do",
}
DECLARATION = re.compile(r'table\.(\w+)\(\s*"([a-z-]+)",\s*(.*?)\);', re.S)
UNITS = {"milliseconds": 1, "seconds": 1_000, "minutes": 60_000, "hours": 3_600_000}
TEXT_UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def split_arguments(text):
    """C++ arguments, at the commas that stand outside brackets and strings."""
    parts, depth, quoted, start = [], 0, False, 0
    for at, letter in enumerate(text):
        if letter == '"' and text[at - 1] != "\\":
            quoted = not quoted
        elif not quoted and letter in "({":
            depth += 1
        elif not quoted and letter in ")}":
            depth -= 1
        elif letter == "," and depth == 0 and not quoted:
            parts.append(text[start:at].strip())
            start = at + 1
    return parts + [text[start:].strip()]


def cpp_value(text):
    """A default or bound: a number, a text, a flag, or a duration in milliseconds."""
    text = text.strip().replace("'", "")
    duration = re.fullmatch(r"(\w+)\{([\d *]+)\}", text)
    if duration:
        product = 1
        for factor in duration[2].split("*"):
            product *= int(factor)
        return product * UNITS[duration[1]]
    return json.loads(text)


def table_of(service):
    """Setting -> {kind, default, least, most}."""
    source = (chart.ROOT / "services" / service / "config.cc").read_text()
    settings = {}
    for kind, name, rest in DECLARATION.findall(source):
        arguments = split_arguments(rest)
        setting = {"kind": kind}
        if kind not in ("RequiredText", "SecretText", "OptionalSecretText", "SecretBytes"):
            setting["default"] = cpp_value(arguments[1])
        if kind in ("Integer", "Number", "Duration"):
            setting["least"], setting["most"] = cpp_value(arguments[2]), cpp_value(arguments[3])
        settings[name] = setting
    return settings


def known_names():
    text = (chart.ROOT / "libs" / "config" / "known_names.h").read_text()
    return set(re.findall(r'^\s+"([a-z-]+)",$', text, re.M))


def kebab(name):
    return re.sub(r"([A-Z])", r"-\1", name).lower()


def milliseconds(text):
    amount, unit = re.fullmatch(r"(\d+)(ms|[smhd])", text).groups()
    return int(amount) * TEXT_UNITS[unit]


def as_setting(kind, value):
    """A chart's value in the form of cpp_value()."""
    if kind == "Duration":
        return milliseconds(value)
    return ",".join(value) if kind == "List" else value


def check_config(key, values, schema):
    """<service>.config: each key a setting, with the table's default and bounds."""
    table = table_of(SERVICES[key])
    bounds = schema["properties"][key]["properties"]["config"]["properties"]
    for name, value in values[key]["config"].items():
        ours = table.get(kebab(name))
        if not ours:
            yield f"{key}.config.{name}: {SERVICES[key]} has no setting {kebab(name)}"
            continue
        if as_setting(ours["kind"], value) != ours["default"]:
            yield f"{key}.config.{name}: is {value}, the service's default is {ours['default']}"
        if ours["kind"] in ("Integer", "Number"):
            said = (bounds[name].get("minimum"), bounds[name].get("maximum"))
            if said != (ours["least"], ours["most"]):
                yield f"{key}.config.{name}: the schema says {said}, the service {ours['least']} to {ours['most']}"


def setting(variable):
    """WEBHOOK_HTTP_TIMEOUT -> http-timeout."""
    return variable.removeprefix("WEBHOOK_").lower().replace("_", "-")


def settings_of(container):
    """Names of the settings that a container's variables give; a secret's file has a name of its own, …-file."""
    names = (variable["name"] for variable in container.get("env", []))
    return {setting(name) for name in names if name.startswith("WEBHOOK_")}


def owner_of(container):
    return container["name"] if container["name"] in SERVICES.values() else "webhookctl"


def check_container(one, container):
    """Each WEBHOOK_ variable is one that this process knows: a wrong one would end it."""
    owner = owner_of(container)
    table = SHARED[owner] | (TOOL if owner == "webhookctl" else set(table_of(owner)))
    for name in sorted(settings_of(container)):
        variable = f"{chart.label(one)}: WEBHOOK_{name.upper().replace('-', '_')}"
        if name not in table and name.removesuffix("-file") not in table:
            yield f"{variable} is no setting of {owner}"
        if name not in known_names():
            yield f"{variable} is not in known_names.h"


def check_offered(all_objects, values):
    """Each setting of a service is set by some value set, or is left out for a reason."""
    given = {owner: set() for owner in SHARED}
    for objects in all_objects:
        for _, _, container in chart.containers(objects):
            given[owner_of(container)] |= settings_of(container)
    for key, service in SERVICES.items():
        names = {name.removesuffix("-file") for name in given[service]}
        config = {kebab(name) for name in values[key]["config"]}
        for name in set(table_of(service)) | SHARED[service]:
            if name.removesuffix("-file") not in names | config | set(LEFT_OUT):
                yield f"{service}: no value of the chart gives its setting {name}"


def check_all(all_objects):
    values = yaml.safe_load((chart.CHART / "values.yaml").read_text())
    schema = json.loads((chart.CHART / "values.schema.json").read_text())
    for key in SERVICES:
        yield from check_config(key, values, schema)
    yield from check_offered(all_objects, values)
