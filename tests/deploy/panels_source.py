"""What the Grafana dashboards show: a line or two for each panel. dashboards.py makes their JSON of it.

panel(title, unit, what it tells, queries…). A query is an expression, or (expression, legend); without a legend the labels of its
`by (…)` are it. Every metric is filtered by the variables namespace and job by itself, and [R] is [$__rate_interval].
red: the value from which it is bad. width: of 24.
"""
from dataclasses import dataclass


@dataclass
class Panel:
    title: str
    unit: str
    what: str
    queries: tuple
    red: float = None
    width: int = 8
    kind: str = "timeseries"


@dataclass
class Dashboard:
    name: str  # file, and uid after "webhook-"
    title: str
    what: str
    rows: dict


def panel(title, unit, what, *queries, **more):
    return Panel(title, unit, what, queries, **more)


def stat(title, unit, what, query, **more):
    return Panel(title, unit, what, ((query, ""),), kind="stat", **{"width": 4} | more)


def quantiles(histogram, matchers="", by=""):
    """Median and 99th percentile; `by`: the 99th of each value of a label."""
    def of(q, labels):
        return f"histogram_quantile({q}, sum by ({labels}) (rate({histogram}_bucket{matchers}[R])))"
    return ((of(0.99, f"le, {by}"), f"{{{{{by}}}}}"),) if by else ((of(0.5, "le"), "p50"), (of(0.99, "le"), "p99"))


def share(part, whole):
    """Never 1 - good / all: without traffic it is 0. There may be no series of what never happened."""
    return f"(sum(rate({part}[R])) or vector(0)) / clamp_min(sum(rate({whole}[R])), 1e-9)"


FIRST = "webhook_delivery_first_attempt_delay_seconds"
LATE = "webhook_delivery_retry_lateness_seconds"
DURATION = "webhook_delivery_attempt_duration_seconds"
COMPLETED = "webhook_deliveries_completed_total"
NOT_WAITING = '{topic!~"webhook\\\\.wait\\\\..*"}'
WAITING = '{topic=~"webhook\\\\.wait\\\\..*"}'
INGEST_CALLS = '{grpc_service="webhook.v1.EventIngestService"}'

OVERVIEW = Dashboard("overview", "Overview", "Whether events come in, go out in time, and arrive.", {
    "Now": [
        stat("Refused events, 1 h", "percentunit", "Of all events of the last hour, how many were refused for a reason of ours. 0.05 % are allowed.",
             "max(webhook:ingest_refused:ratio_rate1h)", red=0.0005),
        stat("Late first attempts, 1 h", "percentunit", "Of all deliveries of the last hour, how many began more than 5 s late. 1 % is allowed.",
             "max(webhook:first_attempt_slow:ratio_rate1h)", red=0.01),
        stat("Oldest that is due", "s", "How long the oldest record that could be worked on has waited, at any stage.",
             "max(webhook_delivery_overdue_seconds)", red=60),
        stat("Failed deliveries, 1 h", "short", "Deliveries of the last hour that ended without success after all their attempts.",
             f'sum(increase({COMPLETED}{{result="failed"}}[1h]))'),
        stat("Dependencies down", "short", "Pairs of a process and what it needs (Kafka, Postgres, registry) where it does not answer.",
             "count(webhook_dependency_up == 0) or vector(0)", red=1),
        stat("Alerts", "short", "Alerts of the platform that fire now. Each has a page in docs/runbooks.",
             'count(ALERTS{alertname=~"Webhook.*", alertstate="firing"}) or vector(0)', red=1),
    ],
    "Flow": [
        panel("Events", "reqps", "Events that publishers sent, by what became of them.",
              "sum by (result) (rate(webhook_ingest_events_total[R]))"),
        panel("Deliveries made and ended", "reqps", "An event makes one delivery for each webhook that matches. Where more are made than end, they pile up.",
              ("sum(rate(webhook_fanout_deliveries_total[R]))", "made"), (f"sum(rate({COMPLETED}[R]))", "ended")),
        panel("How deliveries end", "reqps", "delivered: the endpoint said yes. rejected: it said never. failed: all attempts used. skipped: the webhook was inactive.",
              f"sum by (result) (rate({COMPLETED}[R]))"),
        panel("First attempt after", "s", "From accepting an event to the first request of its delivery.", *quantiles(FIRST), red=5),
        panel("Requests that succeed", "percentunit", "Of all requests to endpoints. What fails is tried again.",
              (share('webhook_delivery_attempts_total{outcome="success"}', "webhook_delivery_attempts_total"), "success")),
        panel("Oldest that is due, by stage", "s", "What only waits for its time is not counted.",
              "max by (stage) (webhook_delivery_overdue_seconds)", red=60),
    ],
    "Objectives": [
        panel("Refused events", "percentunit", "The share of events that we refused, over windows of different length. Alerts compare two of them.",
              ("max(webhook:ingest_refused:ratio_rate5m)", "5 m"), ("max(webhook:ingest_refused:ratio_rate30m)", "30 m"),
              ("max(webhook:ingest_refused:ratio_rate6h)", "6 h"), ("max(webhook:ingest_refused:ratio_rate3d)", "3 d"), red=0.0005, width=12),
        panel("Late first attempts", "percentunit", "The share of deliveries that began more than 5 s after their event was accepted.",
              ("max(webhook:first_attempt_slow:ratio_rate5m)", "5 m"), ("max(webhook:first_attempt_slow:ratio_rate30m)", "30 m"),
              ("max(webhook:first_attempt_slow:ratio_rate6h)", "6 h"), red=0.01, width=12),
    ],
    "What there is": [
        panel("Webhooks", "short", "Of all accounts.", "max by (state) (webhook_webhooks)"),
        panel("Deactivated by the platform", "short", "failing: every attempt failed for days. gone: the endpoint answered 410. Within the hour.",
              "sum by (reason) (increase(webhook_webhooks_deactivated_total[1h]))"),
        panel("Versions", "short", "Processes of each version; two only during an upgrade.", "count by (job, version) (webhook_build_info)"),
    ],
})

INGEST = Dashboard("ingest", "Ingest", "Publishing: how much, how many refused, how fast.", {
    "Calls": [
        panel("Calls", "reqps", "gRPC calls of event-ingest that have ended. A batch or a stream is one call.",
              f"sum by (grpc_method) (rate(grpc_server_handled_total{INGEST_CALLS}[R]))"),
        panel("Calls by code", "reqps", "Unavailable and Internal are our faults; InvalidArgument, Unauthenticated and ResourceExhausted the callers'.",
              f"sum by (grpc_code) (rate(grpc_server_handled_total{INGEST_CALLS}[R]))"),
        panel("Time of calls, p99", "s", "Streams apart. Nearly all of it is waiting for the brokers.",
              *quantiles("grpc_server_handling_seconds", INGEST_CALLS, by="grpc_method"), red=1),
    ],
    "Events": [
        panel("Events", "reqps", "duplicate: the id was there already. over_quota: the account's quota. overloaded: more at once than we take. unavailable: no broker, or no keys yet.",
              "sum by (result) (rate(webhook_ingest_events_total[R]))"),
        panel("Refused", "percentunit", "For a reason of ours, of all.",
              (share('webhook_ingest_events_total{result=~"unavailable|overloaded"}', "webhook_ingest_events_total"), "refused"), red=0.0005),
        panel("Size of events", "bytes", "Bodies that were accepted.", *quantiles("webhook_ingest_event_size_bytes")),
        panel("Broken schemas", "reqps", "Events that were taken though their data breaks the schema of their type (setting schema-check=count).",
              ("sum(rate(webhook_ingest_broken_schemas_total[R]))", "events")),
        panel("Inexact numbers", "reqps", "Numbers that a double cannot carry: such bodies can be verified only as raw bytes.",
              ("sum(rate(webhook_ingest_inexact_numbers_total[R]))", "numbers")),
    ],
    "Brokers and bounds": [
        panel("Broker's acknowledgement", "s", "From the call to the acknowledgement by all replicas in sync.", *quantiles("webhook_ingest_kafka_ack_seconds"), red=1),
        panel("Events that wait for the brokers", "short", "By instance. At the setting max-in-flight, events are refused.", "sum by (instance) (webhook_ingest_in_flight)"),
        panel("Queues", "percentunit", "How full they are; at 1, events are refused.", 'max by (instance, queue) (webhook_queue_used_ratio{queue=~"publish|producer"})', red=0.9),
        panel("Since the registry was heard of", "s", "Keys and event types come from it, every few seconds.", "max by (job, instance) (webhook_config_lag_seconds)", red=30),
        panel("Dependencies", "short", "1: it answers.", "min by (job, dependency) (webhook_dependency_up)"),
    ],
})

DELIVERY = Dashboard("delivery", "Delivery", "Requests to endpoints: how many, with what outcome, how fast, what waits.", {
    "Requests": [
        panel("By outcome", "reqps", "What became of each request to an endpoint. permanent: the endpoint asked for no more.",
              "sum by (outcome) (rate(webhook_delivery_attempts_total[R]))"),
        panel("By attempt", "reqps", "1 is the first try. Many late ones: endpoints have been failing for hours.",
              "sum by (attempt) (rate(webhook_delivery_attempts_total[R]))"),
        panel("Failing, by outcome", "percentunit", "Of all requests. One outcome for many endpoints at once points to our own way out.",
              ('sum by (outcome) (rate(webhook_delivery_attempts_total{outcome!="success"}[R]))'
               " / on () group_left () clamp_min(sum(rate(webhook_delivery_attempts_total[R])), 1e-9)", "{{outcome}}")),
        panel("Time of requests", "s", "From the start of a request to the end of its answer.", *quantiles(DURATION, '{phase="total"}'), red=10),
        panel("Time by phase, p99", "s", "dns, connect and tls only for new connections; answer is the endpoint's own time.", *quantiles(DURATION, '{phase!="total"}', by="phase")),
        panel("In flight", "short", "Requests that run, beside how many may run.",
              ("sum(webhook_delivery_inflight)", "running"), ("sum(webhook_delivery_inflight_limit)", "limit")),
    ],
    "Time and waiting": [
        panel("First attempt after", "s", "From accepting an event to the first request of its delivery.", *quantiles(FIRST), red=5),
        panel("Lateness of retries", "s", "From when a retry was due to its start; waiting for an endpoint's limit is part of it.", *quantiles(LATE), red=5),
        panel("Parked", "reqps", "Deliveries put off without a request: for the endpoint's limit, the account's share, missing configuration, or lack of places.",
              "sum by (reason) (rate(webhook_deliveries_parked_total[R]))"),
        panel("Oldest that is due", "s", "fanout: events; deliver: deliveries; wait: retries whose time has come.",
              "max by (stage) (webhook_delivery_overdue_seconds)", red=60),
        panel("Pump", "reqps", "released: became due and went back to delivery. hopped: moved to another wait tier.",
              ("sum(rate(webhook_pump_released_total[R]))", "released"), ("sum(rate(webhook_pump_hopped_total[R]))", "hopped")),
        panel("Threads that send nothing", "short", "Our way out is broken for them: neither endpoints nor the canary can be reached.",
              "sum by (instance) (webhook_worker_egress_paused)", red=1),
    ],
    "Fan-out": [
        panel("Events read", "reqps", "matched: at least one webhook wants it. duplicate: published again with the same id.",
              "sum by (result) (rate(webhook_fanout_events_total[R]))"),
        panel("Webhooks for each event", "short", "Deliveries made for each event that was read.",
              ("sum(rate(webhook_fanout_deliveries_total[R])) / clamp_min(sum(rate(webhook_fanout_events_total[R])), 1e-9)", "deliveries")),
        panel("With an old copy of the webhooks", "short", "Batches of events fanned out while no registry answered; within the hour.",
              ("sum(increase(webhook_fanout_stale_total[1h]))", "batches"), red=1),
        panel("How deliveries end", "reqps", "blocked: the address is not public. cancelled: somebody did. skipped: the webhook was inactive.",
              f"sum by (result) (rate({COMPLETED}[R]))"),
        panel("Refused by the address guard", "reqps", "Endpoints whose names lead to addresses that are never dialled.",
              ('sum(rate(webhook_delivery_attempts_total{outcome="ssrf_blocked"}[R]))', "requests")),
    ],
})

KAFKA = Dashboard("kafka", "Kafka", "What lies in the topics undone, and who owns their partitions.", {
    "Undone": [
        panel("Backlog", "short", "Records that are not done, read or not. What the workers are scaled on.",
              f"sum by (topic) (webhook_worker_backlog_records{NOT_WAITING})"),
        panel("Age of the oldest", "s", "Kafka deletes records after a week.",
              f"max by (topic) (webhook_kafka_consumer_lag_seconds{NOT_WAITING})", red=86400),
        panel("Lag of the commits", "short", "From the committed offset to the end of the log. What is done above that offset counts too: see the backlog for what is left.",
              f"sum by (topic) (webhook_kafka_consumer_lag_records{NOT_WAITING})"),
    ],
    "Wait tiers: what lies here waits by intention": [
        panel("Deliveries that wait", "short", "Retries, and what is parked, by the tier's pause.", f"sum by (topic) (webhook_worker_backlog_records{WAITING})"),
        panel("Age of the oldest", "s", "Up to the tier's own pause it is as it must be.", f"max by (topic) (webhook_kafka_consumer_lag_seconds{WAITING})"),
        panel("Lag of the commits", "short", "Records of the tiers whose offset is not committed.", f"sum by (topic) (webhook_kafka_consumer_lag_records{WAITING})"),
    ],
    "Partitions": [
        panel("Owned", "short", "By all workers together: constant, but for seconds during a move.", "sum by (role) (webhook_kafka_assigned_partitions)"),
        panel("Owned, by worker", "short", "They should have about as many each.", "sum by (instance, role) (webhook_kafka_assigned_partitions)"),
        panel("Moves", "short", "In 10 minutes. lost: the brokers gave the worker up.", "sum by (role, type) (increase(webhook_kafka_rebalances_total[10m]))"),
        panel("Window of offsets", "percentunit", "Of the fullest partition. At 1 it is paused until its oldest record is done.",
              "max by (instance, role) (webhook_kafka_offset_window_used_ratio)", red=0.9),
        panel("Held in memory", "short", "Unfinished records that workers hold.", "sum by (role) (webhook_worker_held_records)"),
        panel("Queues", "percentunit", "How full bounded queues are; full ones hold back what feeds them.",
              "max by (job, queue) (webhook_queue_used_ratio)", red=0.9),
    ],
    "What must not happen": [
        panel("Errors of the brokers", "reqps", "connect: any connection. Most are tried again by themselves; authentication, authorization and topic are not mended without somebody.",
              "sum by (op, error) (rate(webhook_kafka_errors_total[R]))"),
        panel("Unusable records", "short", "In the last hour; kept in webhook.poison.", "sum by (topic) (increase(webhook_poison_records_total[1h]))", red=1),
        panel("Partitions rewound", "short", "In the last hour: the brokers lost records, or a topic was made anew.",
              ("sum(increase(webhook_partitions_rewound_total[1h]))", "partitions"), red=1),
        panel("Checkpoints refused", "short", "In the last hour: commits whose map of what is done was not ours or damaged. Some deliveries may be repeated.",
              ("sum(increase(webhook_checkpoints_refused_total[1h]))", "commits"), red=1),
    ],
})

REGISTRY = Dashboard("registry", "Registry and Postgres", "The API, the database behind it, and the delivery log.", {
    "REST": [
        panel("Calls", "reqps", "By operation of the API.", "sum by (operation) (rate(webhook_http_requests_total[R]))"),
        panel("Calls by answer", "reqps", "By HTTP status.", "sum by (code) (rate(webhook_http_requests_total[R]))"),
        panel("5xx", "percentunit", "Of all calls: our faults.", (share('webhook_http_requests_total{code=~"5.."}', "webhook_http_requests_total"), "5xx"), red=0.1),
        panel("Time of calls, p99", "s", "By operation.", *quantiles("webhook_http_request_duration_seconds", by="operation"), red=2.5),
        panel("Refused keys", "reqps", "Many of bad_key or too_many: somebody tries keys.", "sum by (reason) (rate(webhook_auth_failures_total[R]))"),
        panel("gRPC calls", "reqps", "Of the registry: management, operators, and what the other services watch.",
              'sum by (grpc_service, grpc_code) (rate(grpc_server_handled_total{grpc_service!="webhook.v1.EventIngestService"}[R]))'),
    ],
    "Postgres": [
        panel("Connections", "short", "busy and idle, and calls that wait for one.", "sum by (pool, state) (webhook_db_pool_connections)"),
        panel("Time of transactions, p99", "s", "By what they do; waiting for a connection is part of it.",
              *quantiles("webhook_db_transaction_duration_seconds", by="transaction"), red=1),
        panel("Connections that a transaction keeps busy", "short", "Time spent in it, each second: what uses the pool.",
              "sum by (transaction) (rate(webhook_db_transaction_duration_seconds_sum[R]))"),
    ],
    "Delivery log": [
        panel("Behind", "s", "The log holds all that is older than this.", ("max(webhook_delivery_log_lag_seconds)", "behind"), red=300),
        panel("Days ahead", "short", "Days after today whose partitions are there already: three are made, two for some minutes after midnight (UTC).",
              ("min(webhook_delivery_log_partitions_ahead)", "days")),
        panel("Records written", "reqps", "Kafka records that became rows.", ("sum(rate(webhook_delivery_log_records_total[R]))", "records")),
        panel("Trouble", "short", "In the last hour. started again: after a failure. missed: retention deleted them first, for good.",
              ("sum(increase(webhook_delivery_log_failures_total[1h]))", "started again"),
              ("sum(increase(webhook_delivery_log_missed_records_total[1h]))", "missed"), red=1),
    ],
    "Work of its own": [
        panel("Leaders", "short", "Replicas that do what only one may: 1 each.", "sum by (role) (webhook_registry_leader)",
              ("sum(webhook_delivery_log_writing)", "log writer")),
        panel("Failed jobs", "short", "Runs of background jobs in the last hour.", "sum by (role) (increase(webhook_registry_jobs_failed_total[1h]))", red=1),
        panel("Redeliveries in bulk", "short", "That are not done.", ("max(webhook_redeliveries_running)", "running")),
        panel("Deliveries sent again", "reqps", "By redeliveries in bulk.", ("sum(rate(webhook_redeliveries_sent_total[R]))", "deliveries")),
        panel("Secrets under an old key", "short", "0 once all are sealed under the present key: then the old one may go.", ("max(webhook_secrets_on_old_key)", "secrets")),
        panel("Revision of the configuration", "short", "That each process has. Lines that stay apart: one does not hear of changes.",
              "max by (job, instance) (webhook_config_revision)"),
    ],
})

RESOURCES = Dashboard("resources", "Resources", "Processors, memory, descriptors and certificates of each process.", {
    "Processes": [
        panel("Processors", "short", "Seconds of processor time each second: 1 is one processor.", "sum by (job, instance) (rate(process_cpu_seconds_total[R]))"),
        panel("Memory", "bytes", "What a process holds. The pod's limit is in the chart's values.", "max by (job, instance) (process_resident_memory_bytes)"),
        panel("Threads", "short", "Constant after the start.", "max by (job, instance) (process_threads)"),
        panel("Descriptors", "percentunit", "Open files and sockets, of those that may be open.",
              ("max by (job, instance) (process_open_fds / process_max_fds)", "{{job}} {{instance}}"), red=0.8),
        panel("Open descriptors", "short", "A worker has one for each connection to an endpoint.", "max by (job, instance) (process_open_fds)"),
        panel("Up for", "s", "Since the process began; back at 0 after a restart.", ("time() - max by (job, instance) (process_start_time_seconds)", "{{job}} {{instance}}")),
        panel("Restarts", "short", "In the last hour.", "sum by (job) (changes(process_start_time_seconds[1h]))"),
        panel("Scraped", "short", "1: Prometheus gets the process's figures.", "min by (job, instance) (up)"),
    ],
    "Queues, certificates and traces": [
        panel("Queues", "percentunit", "How full bounded queues are.", "max by (job, instance, queue) (webhook_queue_used_ratio)", red=0.9),
        panel("Certificate ends in", "s", "Only with TLS between the services.",
              ("min by (job, use) (webhook_tls_certificate_expiry_timestamp_seconds) - time()", "{{job}} {{use}}")),
        panel("Renewals refused", "short", "Only with TLS. New certificates of the last hour that are not good; the one before is still in use.",
              "sum by (job) (increase(webhook_tls_renewals_refused_total[1h]))", red=1),
        panel("Spans", "reqps", "Only with tracing. dropped: the collector did not take them, or too many came at once.",
              "sum by (job, result) (rate(webhook_trace_spans_total[R]))"),
    ],
})

ALL = [OVERVIEW, INGEST, DELIVERY, KAFKA, REGISTRY, RESOURCES]
