#!/usr/bin/env python3
"""Asks a Prometheus that scrapes a running platform for what every panel and rule asks.

  panels.py URL [--minutes N] [--rate TIME]

Fails for each panel that has no number within the last minutes, each recording rule without one, and each query of an alert or
runbook that Prometheus does not understand. The platform should have been under load meanwhile, with failures and retries, and asked
over REST: what never happened has no number.
"""
import argparse
import json
import math
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import dashboards
import families
import rules

# What a platform need not have.
OPTIONAL = {"webhook_tls_certificate_expiry_timestamp_seconds": "only with TLS",
            "webhook_tls_renewals_refused_total": "only with TLS"}


class BadQuery(Exception):
    """Prometheus' answer says why."""


class Prometheus:
    def __init__(self, url, minutes, rate):
        self.url, self.seconds, self.rate = url.rstrip("/"), minutes * 60, rate

    def filled(self, expr):
        """As Grafana does: both variables at All."""
        return expr.replace("$namespace", ".*").replace("$job", ".*").replace("$__rate_interval", self.rate)

    def has_numbers(self, expr):
        now = time.time()
        form = {"query": self.filled(expr), "start": now - self.seconds, "end": now, "step": max(self.seconds // 200, 1)}
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/query_range", urllib.parse.urlencode(form).encode(), timeout=30) as answer:
                result = json.load(answer)["data"]["result"]
        except urllib.error.HTTPError as error:
            raise BadQuery(json.load(error).get("error", "")) from error
        return any(math.isfinite(float(value)) for series in result for _, value in series["values"])


def check(prometheus, name, expr, may_be_empty=False):
    try:
        if not prometheus.has_numbers(expr) and not may_be_empty:
            yield f"{name}: no data: {prometheus.filled(expr)}"
    except BadQuery as error:
        yield f"{name}: {error}: {prometheus.filled(expr)}"


def everything(prometheus):
    """(name, mistakes) of each query."""
    series = families.read()
    for file in sorted(dashboards.FOLDER.glob("*.json")):
        for title, expr in dashboards.expressions(file.read_text()):
            optional = bool(families.used(prometheus.filled(expr), series) & set(OPTIONAL))
            yield check(prometheus, f"{file.stem}, {title}", expr, optional)
    for rule in rules.rules():
        if "record" in rule:
            yield check(prometheus, f"recording rule {rule['record']}", rule["record"])
        else:
            yield check(prometheus, f"alert {rule['alert']}", rule["expr"], True)
    for page, query in rules.queries_of_pages():
        yield check(prometheus, f"docs/runbooks/{page}", query, True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url", help="of Prometheus, http://host:port")
    parser.add_argument("--minutes", type=int, default=10, help="how far back")
    parser.add_argument("--rate", default="1m", help="what $__rate_interval is")
    options = parser.parse_args()
    asked = [list(mistakes) for mistakes in everything(Prometheus(options.url, options.minutes, options.rate))]
    for mistake in [mistake for mistakes in asked for mistake in mistakes]:
        print(mistake)
    failed = sum(bool(mistakes) for mistakes in asked)
    print(f"{len(asked)} queries, {failed} failed")
    return 1 if failed or not asked else 0


if __name__ == "__main__":
    sys.exit(main())
