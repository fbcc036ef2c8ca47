#!/usr/bin/env bash
# Makes the database at the first start, then is the server, with the arguments as further options of it.
# WEBHOOK_PG_PASSWORD_FILE: the role's password.
set -euo pipefail

data=/var/lib/webhook-postgres/data
if [ ! -e "$data" ]; then
  rm -rf "$data.new"
  initdb -D "$data.new" -U admin --auth=reject -E UTF8 --locale=C.UTF-8
  # As in production the platform's role is no superuser: row security holds for it.
  postgres --single -j -D "$data.new" postgres >/dev/null <<SQL
CREATE ROLE webhook LOGIN PASSWORD '$(cat "$WEBHOOK_PG_PASSWORD_FILE")';

CREATE DATABASE webhook OWNER webhook;

SQL
  echo "host webhook webhook all scram-sha-256" >"$data.new/pg_hba.conf"
  mv "$data.new" "$data"
fi
exec postgres -D "$data" -c "listen_addresses=*" -c unix_socket_directories= -c max_connections=200 \
  -c shared_buffers=128MB -c max_locks_per_transaction=1024 "$@"
