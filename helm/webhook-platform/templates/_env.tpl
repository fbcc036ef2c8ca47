{{/*
Where values become settings. A process's setting `http-timeout` is WEBHOOK_HTTP_TIMEOUT; the maps <service>.config hold
settings by their name in camelCase, all other values are mapped here and nowhere else.
*/}}

{{/* A value as the text of a variable. Whole numbers come from YAML as floats, and large ones would print as 1e+06. */}}
{{- define "webhook-platform.text" -}}
{{- if kindIs "slice" . }}{{ join "," . }}
{{- else if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}
{{- else }}{{ . }}
{{- end }}
{{- end }}

{{/* settings of <service>.config, one line each. */}}
{{- define "webhook-platform.configSettings" -}}
{{- range $name, $value := (get .root.Values .key).config }}
WEBHOOK_{{ snakecase $name | upper }}: {{ include "webhook-platform.text" $value | quote }}
{{- end }}
{{- end }}

{{- define "webhook-platform.kafkaSettings" -}}
{{- $kafka := .Values.kafka }}
WEBHOOK_KAFKA: {{ $kafka.bootstrapServers | quote }}
WEBHOOK_KAFKA_SECURITY_PROTOCOL: {{ $kafka.security.protocol | quote }}
{{- if include "webhook-platform.kafkaSasl" . }}
WEBHOOK_KAFKA_SASL_MECHANISM: {{ $kafka.security.mechanism | quote }}
WEBHOOK_KAFKA_SASL_USERNAME: {{ $kafka.security.username | quote }}
WEBHOOK_KAFKA_SASL_PASSWORD_FILE: /etc/webhook/kafka-password/password
{{- end }}
{{- if include "webhook-platform.kafkaTls" . }}
{{- if $kafka.security.caSecret }}
WEBHOOK_KAFKA_CA_FILE: /etc/webhook/kafka-ca/ca.crt
{{- end }}
{{- if $kafka.security.clientCertSecret }}
WEBHOOK_KAFKA_CERT_FILE: /etc/webhook/kafka-cert/tls.crt
WEBHOOK_KAFKA_KEY_FILE: /etc/webhook/kafka-cert/tls.key
{{- end }}
{{- end }}
{{- end }}

{{/* The password is no part of the address: it stays in its file. */}}
{{- define "webhook-platform.postgresSettings" -}}
{{- $postgres := .Values.postgres }}
{{- $words := list (printf "host=%s" $postgres.host) (printf "port=%d" (int $postgres.port)) (printf "dbname=%s" $postgres.database) (printf "user=%s" $postgres.user) (printf "sslmode=%s" $postgres.tls.mode) }}
{{- if $postgres.tls.caSecret }}
{{- $words = append $words "sslrootcert=/etc/webhook/postgres-ca/ca.crt" }}
{{- end }}
{{- range $name, $value := $postgres.parameters }}
{{- $words = append $words (printf "%s=%s" $name $value) }}
{{- end }}
WEBHOOK_PG_DSN: {{ join " " $words | quote }}
WEBHOOK_PG_PASSWORD_FILE: /etc/webhook/postgres-password/password
{{- end }}

{{- define "webhook-platform.tlsSettings" -}}
{{- if include "webhook-platform.tlsSecret" . }}
WEBHOOK_TLS_CERT_FILE: /etc/webhook/tls/tls.crt
WEBHOOK_TLS_KEY_FILE: /etc/webhook/tls/tls.key
WEBHOOK_TLS_CA_FILE: /etc/webhook/tls/ca.crt
{{- $internal := .root.Values.tls.internal }}
{{- $sans := get $internal.clientSans .key }}
{{- if $sans }}
{{- if $internal.certManager.enabled }}
{{- range tuple "registry" "event-ingest" "delivery-worker" "webhookctl" }}
{{- $sans = append $sans (include "webhook-platform.host" (dict "root" $.root "component" .)) }}
{{- end }}
{{- end }}
WEBHOOK_TLS_CLIENT_SANS: {{ join "," (uniq $sans) | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- define "webhook-platform.secretSettings" -}}
WEBHOOK_INTERNAL_TOKEN_FILE: /etc/webhook/secrets/internal-token
{{- if has .key (list "registry" "ingest") }}
WEBHOOK_API_KEY_PEPPER_FILE: /etc/webhook/secrets/api-key-pepper
{{- end }}
{{- if eq .key "registry" }}
WEBHOOK_KEK_FILE: /etc/webhook/secrets/kek
{{- if .root.Values.secrets.keys.kekOld }}
WEBHOOK_KEK_OLD_FILE: /etc/webhook/secrets/kek-old
{{- end }}
{{- end }}
{{- end }}

{{- define "webhook-platform.egressSettings" -}}
{{- $egress := .root.Values.egress }}
WEBHOOK_ALLOW_HTTP: {{ $egress.allowHttp | quote }}
WEBHOOK_EGRESS_ALLOW_CIDRS: {{ join "," $egress.allowCidrs | quote }}
{{- if eq .key "worker" }}
WEBHOOK_EGRESS_CANARY_URL: {{ $egress.canaryUrl | quote }}
{{- if $egress.caSecret }}
WEBHOOK_EGRESS_CA_FILE: /etc/webhook/egress-ca/ca.crt
{{- end }}
{{- end }}
{{- end }}

{{- define "webhook-platform.tracingSettings" -}}
{{- $tracing := .root.Values.tracing }}
{{- if $tracing.otlpEndpoint }}
WEBHOOK_OTLP_ENDPOINT: {{ $tracing.otlpEndpoint | quote }}
WEBHOOK_TRACE_SAMPLE_RATIO: {{ include "webhook-platform.text" $tracing.sampleRatio | quote }}
{{- end }}
{{- end }}

{{- define "webhook-platform.registrySettings" -}}
{{- include "webhook-platform.configSettings" . }}
{{ include "webhook-platform.kafkaSettings" .root }}
{{ include "webhook-platform.postgresSettings" .root }}
{{ include "webhook-platform.tlsSettings" . }}
{{ include "webhook-platform.secretSettings" . }}
{{ include "webhook-platform.egressSettings" . }}
{{- if .root.Values.registry.publishOverRest }}
WEBHOOK_INGEST_ADDR: {{ include "webhook-platform.ingestHost" .root }}:9091
{{- end }}
{{- end }}

{{- define "webhook-platform.ingestSettings" -}}
{{- include "webhook-platform.configSettings" . }}
{{ include "webhook-platform.kafkaSettings" .root }}
{{ include "webhook-platform.tlsSettings" . }}
{{ include "webhook-platform.secretSettings" . }}
{{ include "webhook-platform.tracingSettings" . }}
WEBHOOK_REGISTRY_ADDR: {{ include "webhook-platform.registryHost" .root }}:9090
{{- end }}

{{- define "webhook-platform.workerSettings" -}}
{{- include "webhook-platform.configSettings" . }}
{{ include "webhook-platform.kafkaSettings" .root }}
{{ include "webhook-platform.tlsSettings" . }}
{{ include "webhook-platform.secretSettings" . }}
{{ include "webhook-platform.egressSettings" . }}
{{ include "webhook-platform.tracingSettings" . }}
WEBHOOK_PROFILE: {{ .root.Values.global.profile }}
WEBHOOK_REGISTRY_ADDR: {{ include "webhook-platform.registryHost" .root }}:9090
{{- end }}

{{/* webhookctl migrate */}}
{{- define "webhook-platform.migrateSettings" -}}
{{- include "webhook-platform.postgresSettings" .root }}
{{- end }}

{{/* webhookctl topics create */}}
{{- define "webhook-platform.topicsSettings" -}}
{{- include "webhook-platform.kafkaSettings" .root }}
WEBHOOK_DELIVERY_PARTITIONS: {{ .root.Values.kafka.topics.deliveryPartitions | int | quote }}
{{- end }}

{{/* webhookctl against the running platform */}}
{{- define "webhook-platform.clientSettings" -}}
WEBHOOK_REGISTRY_ADDR: {{ include "webhook-platform.registryHost" .root }}:9090
WEBHOOK_INGEST_ADDR: {{ include "webhook-platform.ingestHost" .root }}:9091
WEBHOOK_REST_URL: http://{{ include "webhook-platform.registryHost" .root }}:8080
{{ include "webhook-platform.tlsSettings" . }}
{{ include "webhook-platform.secretSettings" . }}
{{- end }}

{{/*
A container's env, from the settings helper that ctx names and from extraEnv, each name once: server-side apply refuses
a second one. Sorted, so that a change shows as one line. What is empty is left to the process's default.
*/}}
{{- define "webhook-platform.env" -}}
{{- $entries := dict }}
{{- range $name, $value := include .settings . | fromYaml }}
{{- if $value }}{{ $_ := set $entries $name (dict "name" $name "value" $value) }}{{ end }}
{{- end }}
{{- $own := (get .root.Values .key).pod | default dict }}
{{- range concat .root.Values.pod.extraEnv ($own.extraEnv | default list) }}
{{- $_ := set $entries .name . }}
{{- end }}
{{- range $name := keys $entries | sortAlpha }}
- {{ toYaml (get $entries $name) | nindent 2 | trim }}
{{- end }}
{{- end }}

{{/* The same and the brokers: webhookctl topics check */}}
{{- define "webhook-platform.operatorSettings" -}}
{{- include "webhook-platform.clientSettings" . }}
{{ include "webhook-platform.topicsSettings" . }}
{{- end }}
