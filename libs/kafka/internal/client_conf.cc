#include "kafka/internal/client_conf.h"

#include <chrono>
#include <cstdio>

#include "core/check.h"
#include "log/log.h"

namespace webhook::kafka {
namespace {

constexpr int kSyslogWarning = 4;
constexpr std::chrono::seconds kCheckPause{1};
constexpr int kCheckTimeoutMs = 200;

void OnLog(const rd_kafka_t*, int level, const char* facility, const char* text) {
  if (level <= kSyslogWarning) {
    log::Warn("kafka.warned", {{"facility", facility}, {"detail", text}});
  } else {
    log::Debug("kafka.said", {{"facility", facility}, {"detail", text}});
  }
}

void SetFile(const Conf& conf, const char* name, const std::string& path) {
  if (!path.empty()) Set(conf, name, path);
}

void SetSecurity(const Conf& conf, const Cluster& cluster) {
  Set(conf, "security.protocol", cluster.security_protocol);
  SetFile(conf, "ssl.ca.location", cluster.ca_file);
  SetFile(conf, "ssl.certificate.location", cluster.cert_file);
  SetFile(conf, "ssl.key.location", cluster.key_file);
  if (cluster.security_protocol.starts_with("sasl")) {
    Set(conf, "sasl.mechanism", cluster.sasl_mechanism);
    Set(conf, "sasl.username", cluster.sasl_username);
    Set(conf, "sasl.password", cluster.sasl_password.Reveal());
  }
}

}  // namespace

Conf MakeConf(const Cluster& cluster, const std::string& client_id) {
  Conf conf(rd_kafka_conf_new());
  Set(conf, "bootstrap.servers", cluster.brokers);
  SetSecurity(conf, cluster);
  Set(conf, "client.id", client_id);
  // A restarted broker is found again soon, not after the default of up to 10 s.
  Set(conf, "reconnect.backoff.ms", "100");
  Set(conf, "reconnect.backoff.max.ms", "1000");
  Set(conf, "log.connection.close", "false");
  rd_kafka_conf_set_log_cb(conf.get(), &OnLog);
  return conf;
}

void Set(const Conf& conf, const char* name, const std::string& value) {
  char error[256];
  const auto set = rd_kafka_conf_set(conf.get(), name, value.c_str(), error, sizeof error);
  if (set != RD_KAFKA_CONF_OK) std::fprintf(stderr, "%s\n", error);
  CHECK(set == RD_KAFKA_CONF_OK, "librdkafka knows the setting and its value");
}

Result<std::shared_ptr<rd_kafka_t>> MakeClient(rd_kafka_type_t type, Conf conf) {
  char error[512];
  rd_kafka_t* client = rd_kafka_new(type, conf.get(), error, sizeof error);
  if (client == nullptr) return Error{ErrorCode::kInvalid, "kafka_settings", std::string("kafka: ") + error};
  static_cast<void>(conf.release());  // the client owns it now
  return std::shared_ptr<rd_kafka_t>(client, [](rd_kafka_t* made) { rd_kafka_destroy(made); });
}

Error KafkaError(const std::string& doing, rd_kafka_resp_err_t code) {
  return {ErrorCode::kUnavailable, "kafka_unavailable", doing + ": " + rd_kafka_err2str(code)};
}

void BrokerWatch::NoteError(int code) {
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) down_.store(true, std::memory_order_relaxed);
}

bool BrokerWatch::Check(rd_kafka_t* client, MonoTime now) {
  if (up()) return true;
  if (now < next_check_) return false;
  next_check_ = now + kCheckPause;
  const rd_kafka_metadata_t* metadata = nullptr;
  if (rd_kafka_metadata(client, 0, nullptr, &metadata, kCheckTimeoutMs) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return false;
  rd_kafka_metadata_destroy(metadata);
  NoteAnswer();
  return true;
}

}  // namespace webhook::kafka
