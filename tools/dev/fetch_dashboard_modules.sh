#!/usr/bin/env bash
# Fetches the dashboard's third-party modules, pinned by its lock file: fetch_dashboard_modules.sh LOCK_DIR PREFIX.
# See docs/adr/0020.
set -euo pipefail

lock="$1" prefix="$2"
mkdir -p "$prefix"
cp "$lock/package.json" "$lock/package-lock.json" "$prefix/"
npm ci --prefix "$prefix" --ignore-scripts --no-audit --no-fund
cp "$lock/package-lock.json" "$prefix/stamp"
