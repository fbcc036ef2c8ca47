# ./dev demo: the platform at work, each step verified. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root, state and the like are of ./dev

logs_of() { echo "./dev logs $1-1"; }

rest() {
  local method="$1" path="$2"
  shift 2
  curl -sS --fail-with-body -X "$method" "$WEBHOOK_REST_URL$path" -H "Authorization: Bearer $WEBHOOK_API_KEY" \
    -H 'Content-Type: application/json' "$@"
}

# received NAME COUNT: the requests of a receiver's endpoint, once there are COUNT.
received() {
  local answer ends=$((SECONDS + 20))
  while :; do
    answer="$(curl -sS "$WEBHOOK_RECEIVER_URL/_control/endpoints/$1/requests")"
    [ "$(jq '.data | length' <<<"$answer")" -ge "$2" ] && break
    [ $SECONDS -lt $ends ] || fail "$1 has not received $2 requests in time" "$(logs_of delivery-worker)"
    sleep 0.1
  done
  jq .data <<<"$answer"
}

# logged EVENT STATE: the delivery of the event, once the log shows it in that state.
logged() {
  local row ends=$((SECONDS + 20))
  while :; do
    row="$(rest GET "/v2/deliveries?event_id=$1" | jq '.data[0] // empty')"
    [ "$(jq -r .state <<<"${row:-null}")" = "$2" ] && break
    [ $SECONDS -lt $ends ] || fail "the log does not show the event as $2 in time: ${row:-nothing}" "$(logs_of registry)"
    sleep 0.1
  done
  echo "$row"
}

# Registers a fresh endpoint of the receiver for user.created; sets webhook_id and secret.
register() {
  local name="$1" responses="$2" created leftover
  # Of a demo that was interrupted.
  for leftover in $(rest GET /v2/webhooks | jq -r ".data[] | select(.url == \"$WEBHOOK_RECEIVER_URL/$name\") | .id"); do
    rest DELETE "/v2/webhooks/$leftover"
  done
  curl -sS -o /dev/null -X DELETE "$WEBHOOK_RECEIVER_URL/_control/endpoints/$name"
  created="$(rest POST /v2/webhooks -d "{\"url\": \"$WEBHOOK_RECEIVER_URL/$name\", \"events\": [\"user.created\"]}")"
  jq 'del(.secret)' -c <<<"$created" | cut -c1-160 | indent
  webhook_id="$(jq -r .id <<<"$created")"
  secret="$(jq -r .secret <<<"$created")"
  curl -sS -o /dev/null -X PUT "$WEBHOOK_RECEIVER_URL/_control/endpoints/$name" \
    -d "{\"secret\": \"$secret\", \"responses\": $responses}"
}

publish() {
  event_id="demo-$(date +%s%N)"
  webhookctl events publish user.created --id "$event_id" \
    --data '{"user":{"id":"user_789","name":"Jörg \"JJ\" Müller","created_at":"2024-01-15T10:30:00Z"}}' | indent
}

indent() { sed 's/^/    /'; }
check() { printf '    \033[32m✓\033[0m %s\n' "$1"; }

show_delivery() {
  local requests="$1"
  jq -r '.[0] | "POST \(.path)\n" + ([.headers | to_entries[] | "\(.key): \(.value)"] | join("\n")) + "\n\n" + .body' \
    <<<"$requests" | indent
}

demo_success() {
  say "1. a customer registers an endpoint (REST)"
  register demo '[]'
  say "2. an internal service emits an event (gRPC)"
  publish
  say "3. the endpoint receives"
  local requests
  requests="$(received demo 1)"
  show_delivery "$requests"
  [ "$(jq -r '.[0].signature' <<<"$requests")" = valid ] || fail "the receiver finds the signature wrong"
  jq -r '.[0].headers | to_entries[] | "\(.key): \(.value)"' <<<"$requests" >"$state/run/demo-headers.txt"
  jq -j '.[0].body' <<<"$requests" >"$state/run/demo-body.json"
  webhookctl verify --secret "$secret" --headers "$state/run/demo-headers.txt" --body "$state/run/demo-body.json" | indent
  check "signature valid"
  say "4. the delivery log (REST)"
  logged "$event_id" delivered | jq -c '{id, state, attempts, created_at}' | indent
  check "logged as delivered"
  rest DELETE "/v2/webhooks/$webhook_id"
}

demo_retry() {
  say "5. an endpoint that fails twice (waits shortened to $time_scale of the contract's)"
  register flaky '[{"status": 500, "times": 1}, {"status": 503, "times": 1}]'
  publish
  local requests delivery
  requests="$(received flaky 3)"
  jq -r '.[0].at_ms as $first | .[] | "attempt \(.headers["x-platform-attempt"]) after \((.at_ms - $first) / 1000) s: answered \(.status)"' \
    <<<"$requests" | indent
  [ "$(jq '[.[].headers["x-platform-delivery"]] | unique | length' <<<"$requests")" = 1 ] ||
    fail "the attempts carry different delivery ids"
  delivery="$(logged "$event_id" delivered | jq -r .id)"
  rest GET "/v2/deliveries/$delivery" | jq -c '.attempt_log[] | {attempt, outcome, status, duration_ms}' | indent
  check "retried until delivered, same delivery id"
  say "6. the customer asks for it again (REST)"
  rest POST "/v2/deliveries/$delivery/redeliver" | indent
  echo
  requests="$(received flaky 4)"
  [ "$(jq -r '.[3].headers["x-platform-delivery"]' <<<"$requests")" = "$delivery" ] || fail "the redelivery has another id"
  [ "$(jq '[.[].body] | unique | length' <<<"$requests")" = 1 ] || fail "the redelivery has another body"
  check "redelivered, same delivery id, same bytes"
  rest DELETE "/v2/webhooks/$webhook_id"
}

cmd_demo() {
  local webhook_id secret event_id
  cmd_up
  # shellcheck source=/dev/null
  source "$state/env"
  PATH="$WEBHOOK_BIN_DIR:$PATH"
  demo_success
  demo_retry
  say "all steps verified; the platform runs on"
  cat <<TEXT
    use it     source ${state#"$root"/}/env && webhookctl --help
    look       ./dev status
    stop       ./dev down
TEXT
}
