# ./dev up, down, start, stop, restart, status and logs. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root, state and the like are of ./dev

time_scale="${WEBHOOK_RETRY_TIME_SCALE:-0.02}"
# For one machine; chosen when the topics are made, for as long as they live.
delivery_partitions=12
# More settings of the workers, NAME=VALUE.
worker_settings=()

# Runs a command as the user that Postgres may run as: it refuses root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --init-groups "$@"
  else
    "$@"
  fi
}

# Postgres's own folder: below the state, or where its user cannot reach that, below /var/tmp.
postgres_dir() {
  local dir="$state/data/postgres"
  mkdir -p "$state/data"
  if ! as_postgres test -x "$state/data"; then
    dir="/var/tmp/webhook-platform-$(echo "$state" | sha256sum | cut -c1-12)/postgres"
  fi
  echo "$dir"
}

prepare_postgres() {
  local dir bin=/usr/lib/postgresql/15/bin port_number
  dir="$(postgres_dir)"
  port_number="$(port postgres)"
  if [ ! -e "$dir/PG_VERSION" ]; then
    mkdir -p "$dir"
    chmod 700 "$dir"
    [ "$(id -u)" = 0 ] && chown postgres "$dir"
    step "creating the database" "$state/logs/initdb.log" \
      as_postgres "$bin/initdb" -D "$dir" -U admin --auth=trust --no-sync -E UTF8 --locale=C.UTF-8
  fi
  local run=() tls_options
  mapfile -t tls_options < <(postgres_tls_options "$dir")
  [ "$(id -u)" = 0 ] && run=(setpriv --reuid=postgres --regid=postgres --init-groups)
  define_component postgres "${run[@]}" "$bin/postgres" -D "$dir" -h 127.0.0.1 -p "$port_number" \
    -c unix_socket_directories= -c max_connections=200 -c shared_buffers=1GB -c max_wal_size=4GB -c wal_compression=lz4 -c max_locks_per_transaction=1024 \
    "${tls_options[@]}"
  pg_dsn="postgresql://webhook@127.0.0.1:$port_number/webhook"
  ! $tls || pg_dsn+="?sslmode=verify-full&sslrootcert=$state/secrets/tls/ca.crt"
}

postgres_answers() { psql -qAt -d "postgresql://admin@127.0.0.1:$(port postgres)/postgres" -c 'SELECT 1'; }

create_database() {
  local admin
  admin="postgresql://admin@127.0.0.1:$(port postgres)/postgres"
  # As in production the platform's own role is no superuser: row security holds for it.
  [ -n "$(psql -qAt -d "$admin" -c "SELECT 1 FROM pg_database WHERE datname = 'webhook'")" ] ||
    psql -q -d "$admin" -c 'CREATE ROLE webhook LOGIN' -c 'CREATE DATABASE webhook OWNER webhook'
}

prepare_kafka() {
  local protocol=PLAINTEXT format_options broker controller dir="$state/data/kafka" conf="$state/run/kafka.properties"
  broker="$(port kafka)"
  controller="$(port kafka.controller)"
  ! $tls || protocol=SASL_SSL
  mkdir -p "$state/data"
  cat >"$conf" <<TEXT
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:$controller
controller.listener.names=CONTROLLER
listeners=CLIENTS://127.0.0.1:$broker,CONTROLLER://127.0.0.1:$controller
advertised.listeners=CLIENTS://127.0.0.1:$broker,CONTROLLER://127.0.0.1:$controller
listener.security.protocol.map=CLIENTS:$protocol,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENTS
log.dirs=$dir
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
log.segment.bytes=67108864
TEXT
  kafka_tls_properties >>"$conf"
  mapfile -t format_options < <(kafka_tls_format_options)
  if [ ! -e "$dir/meta.properties" ]; then
    # With "=": an id may begin with "-", and would then be taken for an option.
    step "formatting Kafka's storage" "$state/logs/kafka-format.log" \
      java -cp "$kafka_prefix/lib/*" kafka.tools.StorageTool format --standalone \
      --cluster-id="$(python3 -c 'import base64, uuid; print(base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("="))')" \
      -c "$conf" "${format_options[@]}"
  fi
  define_component kafka java -Xmx512m -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$kafka_prefix/lib/*" kafka.Kafka "$conf"
  kafka_address="127.0.0.1:$broker"
}

kafka_answers() {
  local told
  # It fails too where topics are missing: that is an answer.
  told="$(WEBHOOK_KAFKA="$kafka_address" timeout 5 "$state/bin/webhookctl" topics check 2>&1)" || true
  grep -qE 'TOPIC|all topics' <<<"$told"
}

# The platform's keys, made once.
prepare_secrets() {
  local line
  mkdir -p "$state/secrets"
  chmod 700 "$state/secrets"
  [ -e "$state/secrets/internal_token" ] && return
  "$state/bin/webhookctl" secrets generate | while IFS= read -r line; do
    local name="${line%%=*}"
    (umask 077 && printf '%s' "${line#*=}" >"$state/secrets/$(echo "${name#WEBHOOK_}" | tr '[:upper:]' '[:lower:]')")
  done
}

# addresses_of SERVICE COUNT PORT: "host:port" of each, comma-separated.
addresses_of() {
  local n addresses=()
  for n in $(seq "$2"); do addresses+=("127.0.0.1:$(port "$1-$n.$3")"); done
  (IFS=, && echo "${addresses[*]}")
}

# Where traces go, if somebody listens there.
collector_url() { echo "http://127.0.0.1:$(port collector)"; }

# Settings that the services share.
define_services() {
  local registries="$1" ingests="$2" workers="$3" n
  local common=(WEBHOOK_PROFILE=development "WEBHOOK_KAFKA=$kafka_address" WEBHOOK_LOG_LEVEL=info
    "WEBHOOK_INTERNAL_TOKEN_FILE=$state/secrets/internal_token")
  local egress=(WEBHOOK_ALLOW_HTTP=true WEBHOOK_EGRESS_ALLOW_CIDRS=127.0.0.0/8,::1/128)
  local registry_tls ingest_tls worker_tls tracing=()
  ! $traces || tracing=("WEBHOOK_OTLP_ENDPOINT=$(collector_url)" WEBHOOK_TRACE_SAMPLE_RATIO=1)
  mapfile -t registry_tls < <(tls_settings registry)
  mapfile -t ingest_tls < <(tls_settings event-ingest)
  mapfile -t worker_tls < <(tls_settings delivery-worker)
  # Where there are more, clients take the next one when theirs is gone.
  registry_address="$(addresses_of registry "$registries" grpc)"
  [ "$registries" = 1 ] || registry_address="ipv4:$registry_address"
  ingest_address="$(addresses_of event-ingest "$ingests" grpc)"
  [ "$ingests" = 1 ] || ingest_address="ipv4:$ingest_address"
  metrics_urls=""
  service_names=""
  for n in $(seq "$registries"); do
    define_component "registry-$n" "${common[@]}" "${registry_tls[@]}" "${egress[@]}" WEBHOOK_ALLOW_UNLIMITED=true \
      WEBHOOK_TRUSTED_PROXIES=127.0.0.0/8 WEBHOOK_CALLS_PER_MINUTE=0 WEBHOOK_MAX_WEBHOOKS=0 \
      WEBHOOK_GRPC_REFLECTION=true "WEBHOOK_INGEST_ADDR=$ingest_address" \
      "WEBHOOK_PG_DSN=$pg_dsn" "WEBHOOK_KEK_FILE=$state/secrets/kek" \
      "WEBHOOK_API_KEY_PEPPER_FILE=$state/secrets/api_key_pepper" \
      "WEBHOOK_REST_ADDR=127.0.0.1:$(port "registry-$n.rest")" "WEBHOOK_GRPC_ADDR=127.0.0.1:$(port "registry-$n.grpc")" \
      "WEBHOOK_ADMIN_ADDR=127.0.0.1:$(port "registry-$n.admin")" "$state/bin/registry"
    service_names+=" registry-$n"
    metrics_urls+=" http://127.0.0.1:$(port "registry-$n.admin")/metrics"
  done
  for n in $(seq "$ingests"); do
    define_component "event-ingest-$n" "${common[@]}" "${ingest_tls[@]}" "${tracing[@]}" WEBHOOK_GRPC_REFLECTION=true "WEBHOOK_REGISTRY_ADDR=$registry_address" \
      "WEBHOOK_API_KEY_PEPPER_FILE=$state/secrets/api_key_pepper" \
      "WEBHOOK_GRPC_ADDR=127.0.0.1:$(port "event-ingest-$n.grpc")" \
      "WEBHOOK_ADMIN_ADDR=127.0.0.1:$(port "event-ingest-$n.admin")" "$state/bin/event-ingest"
    service_names+=" event-ingest-$n"
    metrics_urls+=" http://127.0.0.1:$(port "event-ingest-$n.admin")/metrics"
  done
  for n in $(seq "$workers"); do
    define_component "delivery-worker-$n" "${common[@]}" "${worker_tls[@]}" "${egress[@]}" "${tracing[@]}" "WEBHOOK_REGISTRY_ADDR=$registry_address" \
      "WEBHOOK_RETRY_TIME_SCALE=$time_scale" "${worker_settings[@]}" \
      "WEBHOOK_ADMIN_ADDR=127.0.0.1:$(port "delivery-worker-$n.admin")" "$state/bin/delivery-worker"
    service_names+=" delivery-worker-$n"
    metrics_urls+=" http://127.0.0.1:$(port "delivery-worker-$n.admin")/metrics"
  done
  define_component receiver "$state/bin/webhook-receiver" --addr "127.0.0.1:$(port receiver)"
}

# Stops services of an earlier, larger platform.
stop_surplus() {
  local kind="$1" count="$2" name
  for name in $(component_names | grep "^$kind-" || true); do
    [ "${name##*-}" -le "$count" ] && continue
    stop_component "$name"
    rm -f "$state/run/$name.cmd"
  done
}

# False where a component of ours runs an older build or other settings than it would be started with now.
runs_current_build() {
  local binary pid_file="$state/run/pids/$1.pid"
  binary="$(grep -o "$state/bin/[a-z-]*" "$state/run/$1.cmd" || true)"
  [ -z "$binary" ] || { [ "$pid_file" -nt "$binary" ] && [ "$pid_file" -nt "$state/run/$1.cmd" ]; }
}

start_all() {
  local name
  for name in $(component_names | grep -E "$1"); do
    runs_current_build "$name" || stop_component "$name"
    start_component "$name"
  done
}

await_all() {
  local name
  for name in $(component_names | grep -E "$1"); do await "$name" 60 is_ready "$name"; done
}

is_ready() { curl -sf -o /dev/null "http://127.0.0.1:$(port "$1.admin")/readyz"; }

# The account and the keys of .dev/env, made once.
prepare_account() {
  local ctl=("$state/bin/webhookctl" -o json --registry-addr "$registry_address") account
  [ -e "$state/secrets/account" ] && return
  export WEBHOOK_INTERNAL_TOKEN_FILE="$state/secrets/internal_token"
  account="$("${ctl[@]}" accounts create dev | jq -r .id)"
  (umask 077 && "${ctl[@]}" keys create --account "$account" \
    --scopes webhooks:read,webhooks:write,deliveries:read,redeliver | jq -r .key >"$state/secrets/api_key")
  (umask 077 && "${ctl[@]}" keys create --account "$account" --scopes events:publish | jq -r .key >"$state/secrets/publish_key")
  echo "$account" >"$state/secrets/account"
}

write_env() {
  local value
  : >"$state/env.new"
  chmod 600 "$state/env.new"
  while IFS= read -r value; do
    [ -n "$value" ] || continue
    printf 'export %s=%q\n' "${value%%=*}" "${value#*=}" >>"$state/env.new"
  done <<TEXT
WEBHOOK_REST_URL=http://127.0.0.1:$(port registry-1.rest)
WEBHOOK_REST_URLS=$(addresses_of registry "$registries" rest | sed 's#[^,]*#http://&#g; s#,# #g')
WEBHOOK_INGEST_ADDR=$ingest_address
WEBHOOK_REGISTRY_ADDR=$registry_address
WEBHOOK_API_KEY=$(cat "$state/secrets/api_key")
WEBHOOK_PUBLISH_KEY=$(cat "$state/secrets/publish_key")
WEBHOOK_ACCOUNT=$(cat "$state/secrets/account")
WEBHOOK_INTERNAL_TOKEN_FILE=$state/secrets/internal_token
WEBHOOK_KAFKA=$kafka_address
WEBHOOK_DELIVERY_PARTITIONS=$delivery_partitions
WEBHOOK_PG_DSN=$pg_dsn
WEBHOOK_RECEIVER_URL=http://127.0.0.1:$(port receiver)
WEBHOOK_METRICS_URLS=${metrics_urls# }
WEBHOOK_COMPONENTS=${service_names# }
WEBHOOK_BIN_DIR=$state/bin
WEBHOOK_PIDS_DIR=$state/run/pids
WEBHOOK_RETRY_TIME_SCALE=$time_scale
WEBHOOK_DEV_DIR=$state
$(tls_settings webhookctl)
$(! $traces || echo "WEBHOOK_OTLP_ENDPOINT=$(collector_url)")
TEXT
  mv "$state/env.new" "$state/env"
}

# Kafka and Postgres, running and empty of our schema.
start_dependencies() {
  mkdir -p "$state/run/pids" "$state/logs"
  forget_taken_ports
  ln -sfn "$root/build/release/bin" "$state/bin"
  prepare_tls
  export_tls
  prepare_postgres
  prepare_kafka
  start_component postgres
  start_component kafka
  printf '    waiting for Postgres and Kafka … '
  local started=$SECONDS
  await postgres 30 postgres_answers
  await kafka 60 kafka_answers
  printf 'done (%d s)\n' $((SECONDS - started))
}

cmd_up() {
  local registries=1 ingests=1 workers=1 traces=false name
  while [ $# -gt 0 ]; do
    if [ "$1" = --tls ]; then
      tls=true
      shift
      continue
    fi
    if [ "$1" = --traces ]; then
      traces=true
      shift
      continue
    fi
    [ $# -gt 1 ] || fail "$1 needs a number"
    case "$1" in
      --registry) registries="$2" ;;
      --ingest) ingests="$2" ;;
      --workers) workers="$2" ;;
      *) fail "unknown option '$1'" "./dev up [--workers N] [--ingest N] [--registry N] [--tls] [--traces]" ;;
    esac
    shift 2
  done
  cmd_build registry event-ingest delivery-worker webhookctl webhook-receiver
  say "platform"
  start_dependencies
  create_database
  export WEBHOOK_KAFKA="$kafka_address" WEBHOOK_PG_DSN="$pg_dsn" WEBHOOK_DELIVERY_PARTITIONS="$delivery_partitions"
  step "migrations" "$state/logs/migrate.log" "$state/bin/webhookctl" migrate
  step "topics" "$state/logs/topics.log" "$state/bin/webhookctl" topics create --replication-factor 1 --min-insync-replicas 1
  prepare_secrets
  define_services "$registries" "$ingests" "$workers"
  stop_surplus registry "$registries"
  stop_surplus event-ingest "$ingests"
  stop_surplus delivery-worker "$workers"
  printf '    waiting for the services … '
  local started=$SECONDS
  # The registry first: the others would only try in vain until it is there.
  start_all '^registry-'
  await_all '^registry-'
  start_all .
  await_all '^(event-ingest|delivery-worker)-'
  await receiver 10 curl -sf "http://127.0.0.1:$(port receiver)/_control/summary"
  printf 'done (%d s)\n' $((SECONDS - started))
  prepare_account
  write_env
  cat <<TEXT
    REST       http://127.0.0.1:$(port registry-1.rest)/v2
    dashboard  http://127.0.0.1:$(port registry-1.rest)/dashboard/
    ingest     127.0.0.1:$(port event-ingest-1.grpc) (gRPC)
    receiver   http://127.0.0.1:$(port receiver)
    API key    $(cat "$state/secrets/api_key")
    settings   source ${state#"$root"/}/env
TEXT
  ! $traces || echo "    traces     to $(collector_url) (OTLP over HTTP), where a collector may listen"
}

# Waits for the stoppers alone: the components may be this shell's children too.
stop_together() {
  local name stoppers=()
  for name in "$@"; do
    stop_component "$name" &
    stoppers+=($!)
  done
  [ ${#stoppers[@]} = 0 ] || wait "${stoppers[@]}"
}

# One change of what runs at a time: a restart that the end of the platform overtakes would leave a process that
# nobody knows. What is started does not hold the lock.
alone() (
  mkdir -p "$state"
  exec 9>"$state/lock"
  flock 9
  "$@" 9>&-
)

cmd_down() {
  [ $# = 0 ] || [ "$1" = --purge ] || fail "unknown option '$1'" "./dev down [--purge]"
  alone stop_all "$@"
  echo "stopped"
}

stop_all() {
  # Services before what they stand on.
  # shellcheck disable=SC2046  # names have no spaces
  stop_together $(component_names | grep -vE '^(postgres|kafka)$')
  stop_together kafka postgres
  if [ "${1:-}" = --purge ]; then
    rm -rf "$(postgres_dir)" "$state/data" "$state/run" "$state/secrets" "$state/logs" "$state/env" "$state/bin"
  fi
}

must_be_up() {
  local name
  for name in $(component_names); do
    component_pid "$name" >/dev/null && return
  done
  fail "the platform is not up" "./dev up"
}

start_one() {
  must_be_up
  start_component "$1"
}

restart_one() {
  must_be_up
  stop_component "$@"
  start_component "$1"
}

cmd_start() {
  [ $# = 1 ] || fail "name what to start" "one of: $(component_names | tr '\n' ' ')"
  alone start_one "$1"
}

cmd_stop() {
  [ $# -ge 1 ] || fail "name what to stop" "./dev stop NAME [SIGNAL]; one of: $(component_names | tr '\n' ' ')"
  alone stop_component "$@"
}

cmd_restart() {
  [ $# -ge 1 ] || fail "name what to restart" "./dev restart NAME [SIGNAL]; one of: $(component_names | tr '\n' ' ')"
  alone restart_one "$@"
}

cmd_status() {
  local name pid
  [ -n "$(component_names)" ] || fail "nothing was started here yet" "./dev up"
  for name in $(component_names); do
    if pid="$(component_pid "$name")"; then
      if [ -e "$state/run/ports/$name.admin" ] && ! is_ready "$name"; then
        printf '%-20s pid %-8s not ready: %s\n' "$name" "$pid" \
          "$(curl -s "http://127.0.0.1:$(port "$name.admin")/readyz" | tr '\n' ' ')"
      else
        printf '%-20s pid %-8s up\n' "$name" "$pid"
      fi
    else
      printf '%-20s down\n' "$name"
    fi
  done
}

cmd_logs() {
  [ $# = 1 ] || fail "name one" "one of: $(component_names | tr '\n' ' ')"
  [ -e "$state/logs/$1.log" ] || fail "there is no log of '$1'" "one of: $(component_names | tr '\n' ' ')"
  tail -n 100 -F "$state/logs/$1.log"
}

# An empty platform below .dev/NAME, beside the user's; it stops when the shell that calls this ends: call it in a
# subshell. Its settings are exported. The other arguments are those of ./dev up.
start_own_platform() {
  state="$root/.dev/$1"
  shift
  export WEBHOOK_DEV_DIR="$state"
  trap 'cmd_down >/dev/null' EXIT
  cmd_down --purge >/dev/null 2>&1 || true
  cmd_up "$@"
  set -a
  # shellcheck source=/dev/null
  source "$state/env"
  set +a
}
