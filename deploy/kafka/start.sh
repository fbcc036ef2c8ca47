#!/usr/bin/env bash
# Formats the storage at the first start, then is the broker.
set -euo pipefail

java=(java -XX:+UseSerialGC -XX:-UsePerfData -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "/opt/kafka/lib/*")
if [ ! -e /var/lib/kafka/data/meta.properties ]; then
  # With "=": an id may begin with "-", and would then be taken for an option.
  "${java[@]}" kafka.tools.StorageTool format --standalone -c /opt/kafka/kafka.properties \
    --cluster-id="$("${java[@]}" kafka.tools.StorageTool random-uuid)"
fi
exec "${java[@]}" -Xmx512m kafka.Kafka /opt/kafka/kafka.properties
