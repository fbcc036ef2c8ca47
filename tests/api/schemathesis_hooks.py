"""What the API's description means by its own formats, and real objects to call it with."""

import os

import schemathesis
from hypothesis import strategies as st

TYPES = ["user.created", "user.updated", "user.deleted", "user.login", "token.expired", "api.error"]
TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
OURS = ("x-platform-", "webhook-")

schemathesis.openapi.format("endpoint-url", st.from_regex(r"\Ahttps://[a-z]{1,20}\.example\.com/[a-z0-9/]{0,30}\Z"))
schemathesis.openapi.format("event-type", st.sampled_from(TYPES))
schemathesis.openapi.format("event-pattern", st.sampled_from([*TYPES, "*", "user.*", "token.*"]))
schemathesis.openapi.format("header-name", st.from_regex(r"\AX-[A-Za-z0-9]{1,20}\Z").filter(
    lambda name: not name.lower().startswith(OURS)))
schemathesis.openapi.format("header-value", st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=100))
schemathesis.openapi.format("signing-secret", st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E),
                                                      min_size=24, max_size=128).filter(lambda s: not s.startswith("whsec_")))
schemathesis.openapi.format("date-time", st.datetimes(min_value=__import__("datetime").datetime(1971, 1, 1)).map(
    lambda time: time.strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)))


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Half of the calls meet an object that is there."""
    known = os.environ.get("API_TEST_IDS", "")
    ids = dict(pair.split("=") for pair in known.split(",") if pair)
    resource = context.operation.path.split("/")[2]
    if path_parameters and "id" in path_parameters and resource in ids and hash(str(path_parameters)) % 2:
        path_parameters["id"] = ids[resource]
    return path_parameters
