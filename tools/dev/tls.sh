# ./dev up --tls: TLS on every connection between processes, as in production. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root, state and the like are of ./dev

tls=false # --tls
kafka_user=webhook
tls_parts="registry event-ingest delivery-worker webhookctl kafka postgres"

# make_authority NAME: ca.key and ca.crt, which outlive what they sign.
make_authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj "/CN=$1" -keyout ca.key -out ca.crt
}

# certify NAME [DAYS [DNS NAME…]]: NAME.key and NAME.crt of the platform's own authority, for this machine and those names.
certify() {
  local name="$1" days="${2:-30}" names
  names="$(printf ',DNS:%s' "$name" "${@:3}")"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout "$name.key.new" -out "$name.csr"
  openssl x509 -req -in "$name.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days "$days" -out "$name.crt.new" \
    -extfile <(echo "subjectAltName=IP:127.0.0.1,DNS:localhost$names")
  mv "$name.key.new" "$name.key"
  mv "$name.crt.new" "$name.crt"
  rm "$name.csr"
}

make_certificates() (
  local part
  umask 077
  mkdir -p "$state/secrets/tls"
  cd "$state/secrets/tls"
  make_authority webhook-platform-dev
  for part in $tls_parts; do certify "$part"; done
  cat kafka.key kafka.crt >kafka.pem
  openssl rand -hex 16 | tr -d '\n' >kafka_password
)

prepare_tls() {
  $tls || return 0
  [ -e "$state/secrets/tls/ca.crt" ] || step "certificates" "$state/logs/certificates.log" make_certificates
}

# Where Postgres's own user can read it.
postgres_tls_options() {
  $tls || return 0
  local dir="$1"
  cp "$state/secrets/tls/postgres.crt" "$state/secrets/tls/postgres.key" "$dir/"
  [ "$(id -u)" = 0 ] && chown postgres "$dir/postgres.crt" "$dir/postgres.key"
  printf '%s\n' -c ssl=on -c "ssl_cert_file=$dir/postgres.crt" -c "ssl_key_file=$dir/postgres.key"
}

# Of a broker whose clients come by SASL over TLS.
kafka_tls_properties() {
  $tls || return 0
  cat <<TEXT
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.clients.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location=$state/secrets/tls/kafka.pem
ssl.truststore.type=PEM
ssl.truststore.location=$state/secrets/tls/ca.crt
TEXT
}

# The SCRAM user, made when the storage is.
kafka_tls_format_options() {
  $tls || return 0
  printf '%s\n' --add-scram "SCRAM-SHA-512=[name=$kafka_user,password=$(cat "$state/secrets/tls/kafka_password")]"
}

# For webhookctl in this shell.
export_tls() {
  local line
  while IFS= read -r line; do
    [ -z "$line" ] || export "${line?}"
  done < <(tls_settings webhookctl)
}

# tls_settings NAME: the settings of that process, one a line.
tls_settings() {
  $tls || return 0
  local dir="$state/secrets/tls"
  cat <<TEXT
WEBHOOK_KAFKA_SECURITY_PROTOCOL=sasl_ssl
WEBHOOK_KAFKA_SASL_USERNAME=$kafka_user
WEBHOOK_KAFKA_SASL_PASSWORD_FILE=$dir/kafka_password
WEBHOOK_KAFKA_CA_FILE=$dir/ca.crt
WEBHOOK_TLS_CERT_FILE=$dir/$1.crt
WEBHOOK_TLS_KEY_FILE=$dir/$1.key
WEBHOOK_TLS_CA_FILE=$dir/ca.crt
TEXT
  # Postgres and Kafka have certificates of the same authority, and no business here.
  case "$1" in
    registry | event-ingest) echo "WEBHOOK_TLS_CLIENT_SANS=registry,event-ingest,delivery-worker,webhookctl" ;;
  esac
}
