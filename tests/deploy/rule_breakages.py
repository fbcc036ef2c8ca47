"""Whether the alerts' tests notice a wrong alert: each of its comparisons is made to hold never, then always."""
import re

import rules

COMPARISON = re.compile(r"(?:>|<|==) [\d.]+(?: \* [\d.]+)*")
ABSENT = re.compile(r"absent\(\w+\)")
INSTEAD = {COMPARISON: {"never": "> +Inf", "always": ">= -Inf"},
           ABSENT: {"never": "absent(vector(1))", "always": "absent(vector(1) > 1)"}}
SHOWN = 60  # characters before a comparison that tell which one it is


def broken(expr):
    """(what is wrong with it, the expression) of each way to break it."""
    for pattern, instead in INSTEAD.items():
        for found in pattern.finditer(expr):
            for how, text in instead.items():
                where = expr[max(0, found.start() - SHOWN):found.end()]
                yield f"\"…{where}\" holds {how}", expr[:found.start()] + text + expr[found.end():]


def noticed(program, name, expr):
    """Whether a case fails where this alert has this expression. What it does not need is left out: it is quicker."""
    def rule_as(rule):
        if "record" in rule:
            return rule if rule["record"] in expr else None
        return rule | {"expr": expr} if rule["alert"] == name else None

    def case_as(case):
        ours = [one for one in case.get("alert_rule_test", []) if one["alertname"] == name]
        return {**case, "promql_expr_test": [], "alert_rule_test": ours} if ours else None

    return any(rules.test(program, rule_as, case_as))


def check(program):
    for alert in rules.alerts():
        name, expr = alert["alert"], alert["expr"]
        ways = list(broken(expr))
        if not ways:
            yield f"{name}: has no comparison"
        if noticed(program, name, expr):
            yield f"{name}: a case fails where nothing is broken"
        for what, other in ways:
            if not noticed(program, name, other):
                yield f"{name}: no case notices that {what}"
