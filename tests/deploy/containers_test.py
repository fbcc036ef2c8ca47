#!/usr/bin/env python3
"""Tests of the images and of docker-compose.yml: containers_test.py --engine FOLDER [--only WORDS]

The images are built, the engine of engine.sh runs with its socket at DOCKER_HOST. What each image holds is looked at;
then the whole is started as a user would, the demo run, each service looked at while it runs, restarted and stopped. All
that was started is taken down again, with its data.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TAG = os.environ["WEBHOOK_TAG"]
SERVICES = ("registry", "event-ingest", "delivery-worker")
PRODUCT = SERVICES + ("webhookctl", "receiver")
# What an image's health check says beside --healthcheck: the receiver has no settings, but options.
HEALTH_CHECKED = {**dict.fromkeys(SERVICES, []), "receiver": ["--addr", "0.0.0.0:8081"]}
USER = "65532"
COMPOSE = ["docker-compose", "--file", str(ROOT / "docker-compose.yml")]
# Files that each container has from its engine.
OF_THE_ENGINE = {".dockerenv", "dev/console", "etc/hostname", "etc/hosts", "etc/resolv.conf"}
# What the demo says when each of its steps was verified.
DEMO = ("signature valid", "logged as delivered", "answered 503", "retried until delivered, same delivery id",
        "redelivered, same delivery id, same bytes", "all steps verified")


class Failed(Exception):
    pass


def run(*command, timeout=300, check=True):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, check=False)
    if check and done.returncode:
        raise Failed(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-3000:]}")
    return done.stdout if check else done


def docker(*arguments, **options):
    return run("docker", *arguments, **options)


def compose(*arguments, **options):
    return run(*COMPOSE, *arguments, **options)


def inspect(name):
    return json.loads(docker("inspect", name))[0]


def image(name):
    return f"webhook-platform-{name}:{TAG}"


def container(service):
    return compose("ps", "--all", "--quiet", service).strip()


def binary(name):
    return "webhook-receiver" if name == "receiver" else name


def unequal(what, is_now, wanted):
    return [] if is_now == wanted else [f"{what} is {is_now!r}, not {wanted!r}"]


# Of one image.


def check_config(name):
    found = inspect(image(name))["Config"]
    yield from unequal("user", found["User"], f"{USER}:{USER}")
    yield from unequal("entry point", found["Entrypoint"], [f"/usr/local/bin/{binary(name)}"])
    labels = found["Labels"]
    yield from unequal("label version", labels["org.opencontainers.image.version"], os.environ["WEBHOOK_VERSION"])
    yield from unequal("label revision", labels["org.opencontainers.image.revision"], os.environ["WEBHOOK_REVISION"])
    if name in HEALTH_CHECKED:
        yield from unequal("health check", found["Healthcheck"]["Test"],
                           ["CMD", f"/usr/local/bin/{binary(name)}", *HEALTH_CHECKED[name], "--healthcheck"])


def files_of(name):
    """What each file is and, of JSON files, what they hold."""
    made = docker("create", image(name)).strip()
    try:
        with subprocess.Popen(["docker", "export", made], stdout=subprocess.PIPE) as export:
            with tarfile.open(fileobj=export.stdout, mode="r|") as archive:
                return {member.name: (member, archive.extractfile(member).read() if member.name.endswith(".json") else b"")
                        for member in archive if member.isfile() and member.name not in OF_THE_ENGINE}
    finally:
        docker("rm", made)


def check_files(name):
    """One program and its loader: no shell, nothing to gain rights with, nothing that its user may change."""
    programs = set()
    for path, (member, _) in files_of(name).items():
        if member.mode & 0o6000:
            yield f"{path} is setuid or setgid"
        if member.uid or member.mode & 0o022:
            yield f"{path} may be changed by others than root"
        if member.mode & 0o111 and not path.startswith("usr/lib/"):
            programs.add(path)
    yield from unequal("its programs", programs, {f"usr/local/bin/{binary(name)}", "usr/lib64/ld-linux-x86-64.so.2"})


def check_sbom(name):
    files = files_of(name)
    document = json.loads(files[f"usr/share/sbom/{binary(name)}.cdx.json"][1])
    parts = {part["name"]: part for part in document["components"]}
    shipped = {pathlib.Path(path).name for path in files if path.startswith("var/lib/dpkg/status.d/")}
    for wanted in sorted(shipped | {"libc6", "libstdc++6"}):
        if wanted not in parts:
            yield f"{wanted} is missing"
    if name != "receiver":
        yield from unequal("librdkafka", parts.get("librdkafka", {}).get("version"), "2.15.1")
    beside = ROOT / "build" / "images" / f"{binary(name)}.cdx.json"
    yield from unequal("the copy beside the images", json.loads(beside.read_text()), document)


def check_start(name):
    """It runs with nothing but itself."""
    option = "--help" if name == "receiver" else "--version"
    told = docker("run", "--rm", "--read-only", "--network=none", "--cap-drop=ALL", image(name), option)
    if name != "receiver" and os.environ["WEBHOOK_VERSION"] not in told:
        yield f"--version says {told!r}"


# Of what runs.


def await_health(services, seconds):
    ends = time.monotonic() + seconds
    while True:
        states = {service: inspect(container(service))["State"] for service in services}
        late = {service: state.get("Health", {}).get("Status", state["Status"]) for service, state in states.items()
                if state.get("Health", {}).get("Status") != "healthy"}
        if not late:
            return
        if time.monotonic() > ends:
            raise Failed(f"not healthy after {seconds} s: {late}")
        time.sleep(0.5)


class Platform:
    def __init__(self, engine):
        self.engine = engine
        self.inner = (engine / "run" / "pid").read_text().strip()

    def proc(self, service):
        """/proc/PID of a container's process, as the engine's namespaces see it."""
        return pathlib.Path(f"/proc/{self.inner}/root/proc/{inspect(container(service))['State']['Pid']}")

    def status(self, service):
        lines = (self.proc(service) / "status").read_text().splitlines()
        return {key: value.split() for key, _, value in (line.partition(":") for line in lines)}

    def check_up(self):
        started = time.monotonic()
        compose("up", "--detach", "--no-build", timeout=600)
        await_health(("postgres", "kafka", "prometheus", "receiver") + SERVICES, 120)
        print(f"    up and healthy after {time.monotonic() - started:.0f} s")
        for job in ("secrets", "migrate", "topics"):
            yield from unequal(f"exit code of {job}", inspect(container(job))["State"]["ExitCode"], 0)

    def check_demo(self):
        started = time.monotonic()
        done = compose("run", "--rm", "-T", "demo", check=False)
        print(f"    demo took {time.monotonic() - started:.0f} s")
        missing = [words for words in DEMO if words not in done.stdout]
        if done.returncode or missing:
            yield f"it ended with {done.returncode} and does not say {missing}:\n{done.stdout[-3000:]}"

    def check_rights(self, service):
        status = self.status(service)
        yield from unequal("user", status["Uid"], [USER] * 4)
        yield from unequal("group", status["Gid"], [USER] * 4)
        yield from unequal("NoNewPrivs", status["NoNewPrivs"], ["1"])
        for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd"):
            yield from unequal(kind, int(status[kind][0], 16), 0)
        root = next(line.split() for line in (self.proc(service) / "mounts").read_text().splitlines()
                    if line.split()[1] == "/")
        if "ro" not in root[3].split(","):
            yield f"its root can be written to: {root[3]}"
        if service in SERVICES:
            shell = docker("exec", container(service), "sh", "-c", "true", check=False)
            if shell.returncode == 0 or "not found" not in shell.stdout:
                yield f"a shell answers: {shell.returncode} {shell.stdout}"

    def check_environment(self, service):
        """Keys come as files: what shows the environment shows none."""
        for variable in (self.proc(service) / "environ").read_text().split("\0"):
            name = variable.partition("=")[0]
            if re.search("TOKEN|KEK|PEPPER|PASSWORD", name) and not name.endswith("_FILE"):
                yield f"{name} holds a key"

    def check_ports(self):
        for name in compose("ps", "--quiet").split():
            for port, places in (inspect(name)["NetworkSettings"]["Ports"] or {}).items():
                for place in places or []:
                    yield from unequal(f"address of {port}", place["HostIp"], "127.0.0.1")

    def query(self, path):
        told = compose("run", "--rm", "-T", "--no-deps", "--entrypoint", "curl", "demo", "-sSf",
                       f"http://prometheus:9090/api/v1/{path}")
        return json.loads(told[told.index('{"status"'):])["data"]

    def check_metrics(self):
        ends = time.monotonic() + 30
        while True:
            targets = self.query("targets")["activeTargets"]
            health = {target["labels"]["job"]: target["health"] for target in targets}
            if health == {service: "up" for service in SERVICES} or time.monotonic() > ends:
                break
            time.sleep(1)
        yield from unequal("targets", health, {service: "up" for service in SERVICES})
        builds = {one["metric"]["job"]: one["metric"]["revision"] for one in self.query("query?query=webhook_build_info")["result"]}
        yield from unequal("revisions", builds, {service: os.environ["WEBHOOK_REVISION"] for service in SERVICES})
        written = len(re.findall(r"^\s*- (?:alert|record):", "\n".join(
            path.read_text() for path in (ROOT / "helm/webhook-platform/rules").glob("*.yaml")), re.M))
        rules = [rule for group in self.query("rules")["groups"] for rule in group["rules"]]
        yield from unequal("number of rules", len(rules), written)
        yield from (f"rule {rule['name']}: {rule['lastError']}" for rule in rules if rule["health"] == "err")

    def check_memory(self):
        """Only told: tests of load say what is too much."""
        for service in SERVICES + ("receiver", "kafka", "postgres", "prometheus"):
            print(f"    {service:16} RSS {int(self.status(service)['VmRSS'][0]) / 1024:6.1f} MB")
        return []

    def check_restart(self):
        """All at once, without order: each waits for what it needs, and keeps what it has stored."""
        compose("restart", timeout=300)
        await_health(SERVICES, 120)
        yield from self.check_demo()

    def check_stop(self):
        compose("stop", *SERVICES)
        for service in SERVICES:
            yield from unequal(f"exit code of {service}", inspect(container(service))["State"]["ExitCode"], 0)


class Tests:
    def __init__(self, only):
        self.only, self.passed, self.failed = only, 0, 0

    def test(self, name, check, *arguments):
        """A check is a function that gives its mistakes as text."""
        if self.only not in name:
            return
        try:
            mistakes = list(check(*arguments))
        except (Failed, subprocess.TimeoutExpired, KeyError, OSError) as error:
            mistakes = [f"{type(error).__name__}: {error}"]
        if mistakes:
            self.failed += 1
            print(f"FAILED {name}", *mistakes, sep="\n    ")
        else:
            self.passed += 1


def main():
    sys.stdout.reconfigure(line_buffering=True)
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", type=pathlib.Path, required=True)
    parser.add_argument("--only", default="", help="images or platform checks whose name has these words")
    options = parser.parse_args()
    tests = Tests(options.only)
    for name in PRODUCT:
        tests.test(f"{name}: configuration", check_config, name)
        tests.test(f"{name}: files", check_files, name)
        tests.test(f"{name}: SBOM", check_sbom, name)
        tests.test(f"{name}: starts", check_start, name)
    platform = Platform(options.engine)
    try:
        tests.test("platform: up", platform.check_up)
        tests.test("platform: demo", platform.check_demo)
        for service in SERVICES + ("receiver", "kafka", "postgres", "prometheus"):
            tests.test(f"platform: rights of {service}", platform.check_rights, service)
            tests.test(f"platform: environment of {service}", platform.check_environment, service)
        tests.test("platform: ports", platform.check_ports)
        tests.test("platform: metrics", platform.check_metrics)
        tests.test("platform: restart", platform.check_restart)
        tests.test("platform: memory", platform.check_memory)
        tests.test("platform: stop", platform.check_stop)
    finally:
        if tests.failed:
            logs = ROOT / ".dev" / "logs" / "containers.log"
            logs.write_text(compose("logs", "--no-color", check=False).stdout)
            print(f"logs: {logs}")
        compose("down", "--volumes", "--timeout", "20", check=False)
    print(f"{tests.passed} passed, {tests.failed} failed")
    return 1 if tests.failed else 0


if __name__ == "__main__":
    sys.exit(main())
