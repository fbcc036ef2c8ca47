#pragma once

#include "config/config.h"
#include "kafka/cluster.h"
#include "rpc/tls_files.h"
#include "trace/export_settings.h"

namespace webhook::service {

// Settings that several services have. What is filled must outlive the table.

// kafka, kafka-security-protocol, kafka-sasl-*, kafka-*-file.
void DeclareKafka(config::Table& table, kafka::Cluster* cluster);

// tls-cert-file, tls-key-file, tls-ca-file, for gRPC in both directions.
void DeclareTls(config::Table& table, rpc::TlsFiles* files);
// And tls-client-sans, of who has a gRPC port.
void DeclareServerTls(config::Table& table, rpc::TlsFiles* files);

// otlp-endpoint, trace-sample-ratio.
void DeclareTracing(config::Table& table, trace::ExportSettings* settings);

}  // namespace webhook::service
