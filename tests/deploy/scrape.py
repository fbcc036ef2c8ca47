#!/usr/bin/env python3
"""Runs a Prometheus that scrapes services, with the chart's rules, until SIGTERM or SIGINT.

  scrape.py --prometheus PATH --folder FOLDER URL…

URLs are of metrics, as WEBHOOK_METRICS_URLS of .dev/env has them. Once every one has been scraped it says its own address in a line,
and in FOLDER/url. All it keeps lies below FOLDER. Ends with 1 where one cannot be scraped within a minute.
"""
import argparse
import json
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import yaml

import rules

PATIENCE = 60  # seconds


def get(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()


def service_of(text):
    """From what it alone exports."""
    if "\nwebhook_fanout_" in text:
        return "delivery-worker"
    return "event-ingest" if "\nwebhook_ingest_" in text else "registry"


def configuration(urls, rule_files, interval):
    jobs = {}
    for url in urls:
        jobs.setdefault(service_of(get(url)), []).append(urllib.parse.urlsplit(url))
    return {"global": {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval},
            "rule_files": [str(file) for file in rule_files],
            "scrape_configs": [{"job_name": job, "metrics_path": parts[0].path,
                                "static_configs": [{"targets": [one.netloc for one in parts]}]} for job, parts in jobs.items()]}


def copy_rules(folder):
    """All evaluated as often as targets are scraped: a test does not wait half a minute."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in rules.FILES:
        content = yaml.safe_load(file.read_text())
        for group in content["groups"]:
            group.pop("interval", None)
        (folder / file.name).write_text(yaml.safe_dump(content))
        yield folder / file.name


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_scraped(url, prometheus):
    """Every target up, and every rule evaluated; else what is wrong."""
    wrong, end = "", time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if prometheus.poll() is not None:
            return "Prometheus has ended"
        try:
            targets = json.loads(get(f"{url}/api/v1/targets"))["data"]["activeTargets"]
            groups = json.loads(get(f"{url}/api/v1/rules"))["data"]["groups"]
        except OSError as error:
            wrong = str(error)
        else:
            down = [f"{one['scrapeUrl']}: {one['lastError'] or one['health']}" for one in targets if one["health"] != "up"]
            bad = [f"{rule['name']}: {rule.get('lastError') or rule['health']}" for group in groups for rule in group["rules"]
                   if rule["health"] != "ok"]
            if targets and groups and not down + bad:
                return ""
            wrong = "; ".join(down + bad) or "nothing is scraped"
        time.sleep(0.5)
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--prometheus", required=True, metavar="PATH")
    parser.add_argument("--folder", required=True, type=pathlib.Path)
    parser.add_argument("--interval", default="1s")
    parser.add_argument("urls", nargs="+", metavar="URL")
    options = parser.parse_args()

    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "prometheus.yml"
    try:
        content = configuration(options.urls, list(copy_rules(folder / "rules")), options.interval)
    except OSError as error:
        print(f"a service does not answer: {error}", file=sys.stderr)
        return 1
    config.write_text(yaml.safe_dump(content))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: sys.exit(0))
    with (folder / "log").open("w") as log:
        prometheus = subprocess.Popen([options.prometheus, f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
                                       f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)
        try:
            wrong = await_scraped(url, prometheus)
            if wrong:
                print(f"{wrong}; Prometheus' log: {folder / 'log'}", file=sys.stderr)
                return 1
            (folder / "url").write_text(url + "\n")
            print(url, flush=True)
            return prometheus.wait()
        finally:
            prometheus.terminate()
            prometheus.wait()


if __name__ == "__main__":
    sys.exit(main())
