#pragma once

#include <array>

#include "metrics/family.h"

// Every metric of the platform: the one source of what the services export and of docs/metrics.md.
// Names follow prometheus.io/docs/practices/naming; labels have closed sets of values, never an id, an
// account or a URL, so that the number of time series does not grow with what customers register.
namespace webhook::metrics {

inline constexpr std::array kLatencyBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                              0.5,   1.0,    2.5,   5.0,  10.0,  30.0, 60.0};
inline constexpr std::array kSizeBounds = {256.0, 1024.0, 4096.0, 16384.0, 65536.0, 262144.0, 1048576.0};

inline constexpr std::array kCallBounds = {0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0};

inline constexpr std::string_view kAll = "registry, event-ingest, delivery-worker";
inline constexpr std::string_view kRegistry = "registry";
inline constexpr std::string_view kIngest = "event-ingest";
inline constexpr std::string_view kWorker = "delivery-worker";

// --- every service

inline constexpr auto kBuildInfo = GaugeOf("webhook_build_info", kAll, "1, of this version and revision",
                                           Label{"version", "<version>"}, Label{"revision", "<commit>"});
inline constexpr auto kDependencyUp = GaugeOf("webhook_dependency_up", kAll, "1: the dependency answers",
                                              Label{"dependency", "kafka, postgres, registry"});
inline constexpr auto kQueueUsed =
    GaugeOf("webhook_queue_used_ratio", kAll, "How full a bounded queue is: 1 is its limit",
            Label{"queue", "producer, publish, fanout, deliver"});
inline constexpr auto kKafkaErrors =
    CounterOf("webhook_kafka_errors_total", kAll,
              "What went wrong with the brokers; most of it is tried again by itself",
              Label{"op", "connect, produce, fetch, commit"},
              Label{"error",
                    "unreachable, all_down, timeout, authentication, authorization, topic, replicas, "
                    "membership, queue_full, too_large, fatal, other"});
inline constexpr auto kConfigLag =
    GaugeOf("webhook_config_lag_seconds", "event-ingest, delivery-worker",
            "Since the registry was last heard of; it speaks every few seconds");
inline constexpr auto kConfigRevision =
    GaugeOf("webhook_config_revision", "event-ingest, delivery-worker",
            "Revision of the configuration that this process has from the registry");
inline constexpr auto kPoisonRecords =
    CounterOf("webhook_poison_records_total", "registry, delivery-worker",
              "Kafka records that could not be used: kept in webhook.poison", Label{"topic", "<topic>"});

inline constexpr auto kTraceSpans = CounterOf("webhook_trace_spans_total", "event-ingest, delivery-worker",
                                              "Spans by what became of them; absent where nothing is traced",
                                              Label{"result", "exported, dropped"});

inline constexpr auto kGrpcHandled =
    CounterOf("grpc_server_handled_total", "registry, event-ingest", "gRPC calls that have ended",
              Label{"grpc_service", "<service>"}, Label{"grpc_method", "<method>"},
              Label{"grpc_code", "<code: OK, InvalidArgument, …>"});
inline constexpr auto kGrpcHandling =
    HistogramOf("grpc_server_handling_seconds", "registry, event-ingest", "Time of gRPC calls, streams apart",
                kLatencyBounds, Label{"grpc_service", "<service>"}, Label{"grpc_method", "<method>"});

inline constexpr auto kTlsExpiry = GaugeOf(
    "webhook_tls_certificate_expiry_timestamp_seconds", kAll,
    "When the certificate that is in use runs out, in Unix time; absent without TLS", Label{"use", "grpc"});
inline constexpr auto kTlsRefused =
    CounterOf("webhook_tls_renewals_refused_total", kAll,
              "New certificates that are not good: the one before is still in use", Label{"use", "grpc"});

inline constexpr auto kProcessCpu =
    CounterOf("process_cpu_seconds_total", kAll, "Processor time of the process, user and system");
inline constexpr auto kProcessResident =
    GaugeOf("process_resident_memory_bytes", kAll, "Memory that the process holds");
inline constexpr auto kProcessDescriptors = GaugeOf("process_open_fds", kAll, "Open file descriptors");
inline constexpr auto kProcessMaxDescriptors =
    GaugeOf("process_max_fds", kAll, "File descriptors that may be open");
inline constexpr auto kProcessThreads = GaugeOf("process_threads", kAll, "Threads");
inline constexpr auto kProcessStart =
    GaugeOf("process_start_time_seconds", kAll, "When the process began, in Unix time");

// --- event-ingest

inline constexpr auto kIngestEvents = CounterOf(
    "webhook_ingest_events_total", kIngest, "Events by what became of them",
    Label{"result", "accepted, duplicate, invalid, over_quota, overloaded, unavailable, unauthenticated"});
inline constexpr auto kIngestInexactNumbers =
    CounterOf("webhook_ingest_inexact_numbers_total", kIngest,
              "Numbers in event data that a double cannot carry: raw-body verification only");
inline constexpr auto kIngestBrokenSchemas =
    CounterOf("webhook_ingest_broken_schemas_total", kIngest,
              "Events taken though their data breaks their type's schema");
inline constexpr auto kIngestKafkaAck =
    HistogramOf("webhook_ingest_kafka_ack_seconds", kIngest, "From the call to the broker's acknowledgement",
                kLatencyBounds);
inline constexpr auto kIngestEventSize =
    HistogramOf("webhook_ingest_event_size_bytes", kIngest, "Size of accepted bodies", kSizeBounds);
inline constexpr auto kIngestInFlight =
    GaugeOf("webhook_ingest_in_flight", kIngest, "Events that wait for the broker's acknowledgement");

// --- delivery-worker

inline constexpr auto kFanoutEvents =
    CounterOf("webhook_fanout_events_total", kWorker, "Events read by fan-out",
              Label{"result", "matched, no_match, duplicate"});
inline constexpr auto kFanoutDeliveries =
    CounterOf("webhook_fanout_deliveries_total", kWorker, "Deliveries made by fan-out");
inline constexpr auto kFanoutStale =
    CounterOf("webhook_fanout_stale_total", kWorker,
              "Batches fanned out with the last copy of the webhooks: no registry answered");
inline constexpr auto kDeliveryAttempts =
    CounterOf("webhook_delivery_attempts_total", kWorker, "Requests to endpoints by outcome",
              Label{"outcome",
                    "success, http_3xx, http_4xx, http_429, http_5xx, permanent, dns, connect, tls, "
                    "timeout_connect, timeout_tls, timeout_response, protocol, ssrf_blocked"},
              Label{"attempt", "1, 2, 3, 4, 5, 6, redelivery, test"});
inline constexpr auto kDeliveriesCompleted =
    CounterOf("webhook_deliveries_completed_total", kWorker, "Deliveries by their end",
              Label{"result", "delivered, rejected, failed, cancelled, skipped, blocked"});
inline constexpr auto kDeliveriesParked =
    CounterOf("webhook_deliveries_parked_total", kWorker,
              "Deliveries sent to a wait tier without an attempt, by what they wait for",
              Label{"reason", "endpoint, account, configuration, platform"});
inline constexpr auto kAttemptDuration =
    HistogramOf("webhook_delivery_attempt_duration_seconds", kWorker,
                "Time of one request, and of its parts where they took any", kLatencyBounds,
                Label{"phase", "dns, connect, tls, answer, total"});
inline constexpr auto kFirstAttemptDelay =
    HistogramOf("webhook_delivery_first_attempt_delay_seconds", kWorker,
                "From accepting the event to the first attempt of its delivery", kLatencyBounds);
inline constexpr auto kRetryLateness =
    HistogramOf("webhook_delivery_retry_lateness_seconds", kWorker,
                "From when a retry was due to its start; waiting for a limit is part of it", kLatencyBounds);
inline constexpr auto kDeliveryInFlight =
    GaugeOf("webhook_delivery_inflight", kWorker, "Requests to endpoints that are running");
inline constexpr auto kDeliveryInFlightLimit =
    GaugeOf("webhook_delivery_inflight_limit", kWorker, "Requests to endpoints that may run at once");
inline constexpr auto kOverdue = GaugeOf("webhook_delivery_overdue_seconds", kWorker,
                                         "How long the oldest record that is due has waited; 0: none is",
                                         Label{"stage", "fanout, deliver, wait"});
inline constexpr auto kBacklog =
    GaugeOf("webhook_worker_backlog_records", kWorker,
            "Records of this worker's partitions that are not done, read or not: what to scale on",
            Label{"topic", "<topic>"});
inline constexpr auto kLagRecords =
    GaugeOf("webhook_kafka_consumer_lag_records", kWorker,
            "From the committed offset to the end of the log; what is done above that offset counts too",
            Label{"topic", "<topic>"});
inline constexpr auto kLagSeconds = GaugeOf(
    "webhook_kafka_consumer_lag_seconds", kWorker,
    "Age of the oldest record that is not done; in a wait tier that is intended", Label{"topic", "<topic>"});
inline constexpr auto kWindowUsed =
    GaugeOf("webhook_kafka_offset_window_used_ratio", kWorker,
            "Of the fullest partition's window of offsets; at 1 that partition is paused",
            Label{"role", "fanout, deliver"});
inline constexpr auto kRebalances =
    CounterOf("webhook_kafka_rebalances_total", kWorker, "Changes of what this worker owns",
              Label{"role", "fanout, deliver, pump"}, Label{"type", "assigned, revoked, lost"});
inline constexpr auto kEgressPaused =
    GaugeOf("webhook_worker_egress_paused", kWorker,
            "Threads that send nothing: endpoints and the canary cannot be reached");
inline constexpr auto kPumpReleased =
    CounterOf("webhook_pump_released_total", kWorker, "Waiting deliveries that became due");
inline constexpr auto kPumpHopped =
    CounterOf("webhook_pump_hopped_total", kWorker, "Waiting deliveries moved to another tier");
inline constexpr auto kHeldRecords =
    GaugeOf("webhook_worker_held_records", kWorker, "Unfinished records held in memory",
            Label{"role", "fanout, deliver, pump"});
inline constexpr auto kAssignedPartitions =
    GaugeOf("webhook_kafka_assigned_partitions", kWorker, "Partitions that this worker owns",
            Label{"role", "fanout, deliver, pump"});
inline constexpr auto kCheckpointsRefused =
    CounterOf("webhook_checkpoints_refused_total", kWorker,
              "Commits whose map of completed records was not ours or damaged: only the offset was used");
inline constexpr auto kPartitionsRewound =
    CounterOf("webhook_partitions_rewound_total", kWorker,
              "Partitions whose log came to end before what was read of it: the brokers lost records");

// --- registry

inline constexpr auto kRestRequests =
    CounterOf("webhook_http_requests_total", kRegistry, "REST calls by their answer",
              Label{"operation", "<operationId of the API's description; none: no such path>"},
              Label{"code", "<HTTP status>"});
inline constexpr auto kRestSeconds =
    HistogramOf("webhook_http_request_duration_seconds", kRegistry, "Time of REST calls", kCallBounds,
                Label{"operation", "<operationId>"});
inline constexpr auto kAuthFailures = CounterOf(
    "webhook_auth_failures_total", kRegistry, "Calls that were refused for their API key or session",
    Label{"reason", "no_key, bad_key, too_many, scope, session, csrf"});
inline constexpr auto kTransactionSeconds =
    HistogramOf("webhook_db_transaction_duration_seconds", kRegistry,
                "Time of Postgres transactions, waiting for a connection included", kCallBounds,
                Label{"transaction", "<what it does>"});
inline constexpr auto kPoolConnections =
    GaugeOf("webhook_db_pool_connections", kRegistry, "Connections to Postgres, and calls that wait for one",
            Label{"pool", "platform, customers"}, Label{"state", "busy, idle, waiting"});
inline constexpr auto kWebhooks =
    GaugeOf("webhook_webhooks", kRegistry, "Webhooks of all accounts, counted each minute",
            Label{"state", "active, inactive"});
inline constexpr auto kRedeliveriesRunning = GaugeOf(
    "webhook_redeliveries_running", kRegistry, "Redeliveries in bulk that are not done, counted each minute");
inline constexpr auto kLogRecords =
    CounterOf("webhook_delivery_log_records_total", kRegistry, "Kafka records written to the delivery log");
inline constexpr auto kLogMissedRecords =
    CounterOf("webhook_delivery_log_missed_records_total", kRegistry,
              "Kafka records that retention deleted before they were written");
inline constexpr auto kLogFailures =
    CounterOf("webhook_delivery_log_failures_total", kRegistry, "Times the log writer had to start again");
inline constexpr auto kLogLag = GaugeOf("webhook_delivery_log_lag_seconds", kRegistry,
                                        "How far the delivery log is behind: it holds all that is older");
inline constexpr auto kLogPartitionsAhead =
    GaugeOf("webhook_delivery_log_partitions_ahead", kRegistry,
            "Daily partitions of the delivery log that are there after today's, without a gap");
inline constexpr auto kLogWriting =
    GaugeOf("webhook_delivery_log_writing", kRegistry, "1: this replica is the log writer");
inline constexpr auto kRegistryLeader =
    GaugeOf("webhook_registry_leader", kRegistry, "1: this replica does what only one of its role may do",
            Label{"role", "api, log"});
inline constexpr auto kJobsFailed =
    CounterOf("webhook_registry_jobs_failed_total", kRegistry, "Runs of background jobs that failed",
              Label{"role", "api, log"});
inline constexpr auto kRedeliveriesSent = CounterOf("webhook_redeliveries_sent_total", kRegistry,
                                                    "Deliveries that redeliveries in bulk have appended");
inline constexpr auto kWebhooksDeactivated =
    CounterOf("webhook_webhooks_deactivated_total", kRegistry, "Webhooks that the platform deactivated",
              Label{"reason", "failing, gone"});
inline constexpr auto kSecretsOnOldKey =
    GaugeOf("webhook_secrets_on_old_key", kRegistry,
            "Signing secrets that are not sealed under the present key, as the leader sees it");

// All of them, in the order of docs/metrics.md.
inline constexpr auto kFamilies = std::to_array<const Family*>({
    &kBuildInfo,
    &kDependencyUp,
    &kQueueUsed,
    &kKafkaErrors,
    &kConfigLag,
    &kConfigRevision,
    &kPoisonRecords,
    &kTraceSpans,
    &kGrpcHandled,
    &kGrpcHandling,
    &kTlsExpiry,
    &kTlsRefused,
    &kProcessCpu,
    &kProcessResident,
    &kProcessDescriptors,
    &kProcessMaxDescriptors,
    &kProcessThreads,
    &kProcessStart,
    &kIngestEvents,
    &kIngestInexactNumbers,
    &kIngestBrokenSchemas,
    &kIngestKafkaAck,
    &kIngestEventSize,
    &kIngestInFlight,
    &kFanoutEvents,
    &kFanoutDeliveries,
    &kFanoutStale,
    &kDeliveryAttempts,
    &kDeliveriesCompleted,
    &kDeliveriesParked,
    &kAttemptDuration,
    &kFirstAttemptDelay,
    &kRetryLateness,
    &kDeliveryInFlight,
    &kDeliveryInFlightLimit,
    &kOverdue,
    &kBacklog,
    &kLagRecords,
    &kLagSeconds,
    &kWindowUsed,
    &kRebalances,
    &kEgressPaused,
    &kPumpReleased,
    &kPumpHopped,
    &kHeldRecords,
    &kAssignedPartitions,
    &kCheckpointsRefused,
    &kPartitionsRewound,
    &kRestRequests,
    &kRestSeconds,
    &kAuthFailures,
    &kTransactionSeconds,
    &kPoolConnections,
    &kWebhooks,
    &kRedeliveriesRunning,
    &kLogRecords,
    &kLogMissedRecords,
    &kLogFailures,
    &kLogLag,
    &kLogPartitionsAhead,
    &kLogWriting,
    &kRegistryLeader,
    &kJobsFailed,
    &kRedeliveriesSent,
    &kWebhooksDeactivated,
    &kSecretsOnOldKey,
});

}  // namespace webhook::metrics
