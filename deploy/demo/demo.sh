#!/usr/bin/env bash
# The steps of ./dev demo, beside the platform of docker-compose.yml.
# shellcheck disable=SC2034  # time_scale is for the steps
set -euo pipefail

state=/var/lib/demo
time_scale="$WEBHOOK_RETRY_TIME_SCALE"
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=tools/dev/common.sh
source ./common.sh
# shellcheck source=tools/dev/demo.sh
source ./steps.sh

logs_of() { echo "docker compose logs $1"; }

# An account and its keys, which later runs use again.
if [ ! -e "$state/account" ]; then
  umask 077
  mkdir -p "$state/run"
  account="$(webhookctl -o json accounts create demo | jq -r .id)"
  webhookctl -o json keys create --account "$account" --scopes webhooks:read,webhooks:write,deliveries:read,redeliver |
    jq -r .key >"$state/api_key"
  webhookctl -o json keys create --account "$account" --scopes events:publish | jq -r .key >"$state/publish_key"
  echo "$account" >"$state/account"
fi
WEBHOOK_ACCOUNT="$(cat "$state/account")"
WEBHOOK_API_KEY="$(cat "$state/api_key")"
WEBHOOK_PUBLISH_KEY="$(cat "$state/publish_key")"
export WEBHOOK_ACCOUNT WEBHOOK_API_KEY WEBHOOK_PUBLISH_KEY

demo_success
demo_retry
say "all steps verified; the platform runs on"
cat <<TEXT
    API key    $WEBHOOK_API_KEY
    stop       docker compose down; with -v its data goes too
TEXT
