#!/usr/bin/env bash
# Makes the platform's keys and the database's password, a file each, once.
set -euo pipefail
umask 077

# keep FILE VALUE
keep() {
  [ -e "$1" ] && return
  printf '%s' "$2" >"$1.new"
  mv "$1.new" "$1"
  echo "made $1"
}

while IFS= read -r line; do
  name="${line%%=*}"
  name="${name#WEBHOOK_}"
  keep "/secrets/${name,,}" "${line#*=}"
done < <(webhookctl secrets generate)
keep /database/password "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"
