#!/usr/bin/env bash
# Fetches librdkafka's pinned source, builds it and installs it: build_rdkafka.sh PREFIX. See docs/adr/0005.
set -euo pipefail

prefix="$1"
package=@confluentinc/kafka-javascript@1.10.1 # carries librdkafka 2.15.1
sha256=ada7d703bb1d3237e2292bfabf438d663b6160c9f1ac2a2406b5dc4257c81b66

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
archive="$(npm pack --silent "$package")"
echo "$sha256  $archive" | sha256sum -c -
tar -xzf "$archive" package/deps/librdkafka
cd package/deps/librdkafka
# A broker's thread that had nothing to fetch sleeps for up to a second, and is not woken where a partition is resumed.
resumed='rktp->rktp_flags &= ~flag;'
[ "$(grep -cF "$resumed" src/rdkafka_partition.c)" = 1 ]
sed -i "s/$resumed/& if (rktp->rktp_broker) rd_kafka_broker_wakeup(rktp->rktp_broker, \"resume\");/" src/rdkafka_partition.c
grep -qF 'rd_kafka_broker_wakeup(rktp->rktp_broker, "resume")' src/rdkafka_partition.c
# Every optional part is named, so that the link line is the same on every machine. Without C11 threads it uses
# pthreads, which ThreadSanitizer knows.
bash ./configure --prefix="$prefix" --enable-ssl --enable-zlib --enable-zstd --disable-gssapi --disable-curl \
  --disable-lz4-ext --disable-c11threads --disable-syslog
make -j"$(nproc)" -C src librdkafka.a
mkdir -p "$prefix/lib" "$prefix/include/librdkafka"
cp src/librdkafka.a "$prefix/lib/"
cp src/rdkafka.h src/rdkafka_mock.h "$prefix/include/librdkafka/"
echo "$sha256" >"$prefix/stamp"
