#!/usr/bin/env bash
# Fetches the jars of one Kafka node, checks each against kafka/SHA256SUMS and installs them: fetch_kafka.sh PREFIX.
set -euo pipefail

prefix="$1"
recipe="$(cd "$(dirname "${BASH_SOURCE[0]}")/kafka" && pwd)"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cp "$recipe/pom.xml" "$work/"
cd "$work"
mvn -q -B -Dmaven.repo.local="$work/repository" dependency:copy-dependencies -DoutputDirectory="$work/lib"

cd lib
sha256sum --check --strict --quiet "$recipe/SHA256SUMS"
listed="$(wc -l <"$recipe/SHA256SUMS")"
found="$(find . -name '*.jar' | wc -l)"
[ "$listed" = "$found" ] || { echo "$found jars were fetched, SHA256SUMS lists $listed" >&2; exit 1; }

mkdir -p "$prefix"
rm -rf "${prefix:?}/lib"
cp -r "$work/lib" "$prefix/lib"
cp "$recipe/SHA256SUMS" "$prefix/stamp"
