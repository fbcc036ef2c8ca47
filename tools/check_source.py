#!/usr/bin/env python3
"""Rules of style that a script can check: who may include whom, file lengths, words that belong to one room, documents
that are there.

Prints one line for each mistake and ends with 1 where there is any.
"""
import pathlib
import re
import subprocess
import sys

# Room -> the rooms that it may include. `proto` is the generated code.
LAYERS = {
    "libs/core": set(),
    "libs/domain": {"core"},
    "libs/runtime": {"core"},
    "libs/config": {"core"},
    "libs/log": {"core", "runtime"},
    "libs/metrics": {"core"},
    "libs/crypto": {"core"},
    "libs/records": {"core", "domain", "proto"},
    "libs/schema": {"core"},
    "libs/signing": {"core", "domain", "crypto"},
    "libs/kafka": {"core", "domain", "runtime", "log", "metrics"},
    "libs/postgres": {"core", "runtime", "log"},
    "libs/http": {"core", "domain", "runtime", "log", "metrics"},
    "libs/rpc": {"core", "domain", "runtime", "log", "metrics", "crypto", "proto"},
    "libs/trace": {"core", "domain", "runtime", "log", "metrics", "http"},
    "libs/service": {"core", "runtime", "config", "log", "http", "kafka", "rpc", "trace"},
    "services/delivery-worker/engine": {"core", "domain"},
    "services": {"core", "domain", "runtime", "config", "log", "metrics", "crypto", "records", "kafka", "postgres", "http",
                 "rpc", "schema", "service", "signing", "trace", "proto"},
    "tools": {"core", "domain", "runtime", "config", "log", "metrics", "crypto", "records", "kafka", "postgres", "http", "rpc",
              "signing", "proto"},
}
ROOMS = {"core", "domain", "runtime", "config", "log", "metrics", "crypto", "records", "kafka", "postgres", "http", "rpc",
         "schema", "service", "signing", "trace"}
# Third-party header prefix -> the only rooms that may include it.
OWNERS = {
    "absl/": ["libs/core", "libs/http", "libs/rpc", "services/delivery-worker/engine"],
    "librdkafka/": ["libs/kafka"],
    "pqxx/": ["libs/postgres", "services/registry/store"],
    "libpq": ["libs/postgres"],
    "boost/circular_buffer": ["services/delivery-worker/engine"],
    "boost/beast": ["libs/http"],
    "boost/asio": ["libs/http", "libs/runtime"],
    "openssl/": ["libs/crypto", "libs/http"],
    "prometheus/": ["libs/metrics"],
    "cpprest/": ["tools/webhookctl"],
    "jsoncons": ["libs/schema"],
}
MAX_LINES = 500
INCLUDE = re.compile(r'^\s*#include [<"]([^">]+)[">]', re.M)
# Outside libs/runtime only there: threads, sleeping, clocks.
RUNTIME_ONLY = re.compile(r"std::j?thread\b|sleep_for|sleep_until|_clock::now\(")
DOCUMENT = re.compile(r"[\w./-]+\.md\b")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")


def room_of(path):
    return max((room for room in LAYERS if path.startswith(room + "/")), key=len, default=None)


def check_includes(path, text, room):
    for include in INCLUDE.findall(text):
        top = include.split("/")[0]
        for prefix, owners in OWNERS.items():
            if include.startswith(prefix) and not any(path.startswith(owner + "/") for owner in owners):
                yield f"includes {include}, which belongs to {' and '.join(owners)}"
        if include.startswith("services/"):
            own = "/".join(path.split("/")[:2]) + "/"
            # webhookctl applies the migrations that the registry needs.
            migrations = room == "tools" and include.startswith("services/registry/migrations/")
            if not include.startswith(own) and not migrations:
                yield f"includes {include}: a service never includes another, a library never a service"
            if room.endswith("/engine") and not include.startswith(room + "/"):
                yield f"includes {include}: the engine sees only core and domain"
            continue
        target = "proto" if include.endswith(".pb.h") else top if top in ROOMS else None
        if target and f"libs/{target}" != room and target not in LAYERS[room]:
            yield f"includes {include}: {room} may not see {target}"


def check(path):
    text = pathlib.Path(path).read_text()
    if text.count("\n") > MAX_LINES:
        yield f"has more than {MAX_LINES} lines"
    if UNFINISHED.search(text):
        yield "has a note of unfinished work"
    for document in sorted(set(DOCUMENT.findall(text))):
        if not pathlib.Path(document).exists():
            yield f"names {document}, which is not there"
    room = room_of(path)
    if room is None:
        return
    yield from check_includes(path, text, room)
    if room != "libs/runtime":
        for word in sorted(set(RUNTIME_ONLY.findall(text))):
            yield f"uses {word}: only libs/runtime makes threads, sleeps and reads clocks"


def main():
    files = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.cc", "*.h",
                            "*.proto"],
                           capture_output=True, text=True, check=True).stdout.split()
    mistakes = [f"{path}: {mistake}" for path in files if pathlib.Path(path).exists() for mistake in check(path)]
    print("\n".join(mistakes) or f"{len(files)} files, no mistake")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
