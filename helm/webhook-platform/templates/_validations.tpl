{{/*
What the schema cannot say: keys that must be set, settings that production refuses, and keys that contradict each other. Each
helper gives a YAML list of messages; all of them are shown at once.
*/}}

{{- define "webhook-platform.missing" -}}
{{- $namespace := .Release.Namespace }}
{{- if not .Values.kafka.bootstrapServers }}
- "kafka.bootstrapServers: --set kafka.bootstrapServers=HOST:PORT"
{{- end }}
{{- if include "webhook-platform.kafkaSasl" . }}
{{- if not .Values.kafka.security.username }}
- "kafka.security.username: --set kafka.security.username=USER"
{{- end }}
{{- if not .Values.kafka.security.existingSecret }}
- "kafka.security.existingSecret: kubectl create secret generic webhook-kafka --namespace {{ $namespace }} --from-literal=password=PASSWORD, then --set kafka.security.existingSecret=webhook-kafka"
{{- end }}
{{- end }}
{{- if not .Values.postgres.host }}
- "postgres.host: --set postgres.host=HOST"
{{- end }}
{{- if not .Values.postgres.existingSecret }}
- "postgres.existingSecret: kubectl create secret generic webhook-postgres --namespace {{ $namespace }} --from-literal=password=PASSWORD, then --set postgres.existingSecret=webhook-postgres"
{{- end }}
{{- if not .Values.secrets.existingSecret }}
- "secrets.existingSecret: eval \"$(webhookctl secrets generate)\"; kubectl create secret generic webhook-keys --namespace {{ $namespace }} --from-literal=kek=\"$WEBHOOK_KEK\" --from-literal=api-key-pepper=\"$WEBHOOK_API_KEY_PEPPER\" --from-literal=internal-token=\"$WEBHOOK_INTERNAL_TOKEN\", then --set secrets.existingSecret=webhook-keys"
{{- end }}
{{- include "webhook-platform.missingTls" . }}
{{- include "webhook-platform.missingWays" . }}
{{- end }}

{{- define "webhook-platform.missingTls" -}}
{{- $tls := .Values.tls.internal }}
{{- if and $tls.enabled $tls.certManager.enabled (not $tls.certManager.issuerRef.name) }}
- "tls.internal.certManager.issuerRef.name: --set tls.internal.certManager.issuerRef.name=ISSUER"
{{- end }}
{{- if and $tls.enabled (not $tls.certManager.enabled) }}
{{- range $use := tuple "registry" "ingest" "worker" "client" }}
{{- if not (get $tls.existingSecrets $use) }}
- "tls.internal.existingSecrets.{{ $use }}: kubectl create secret generic webhook-{{ $use }}-tls --namespace {{ $.Release.Namespace }} --from-file=tls.crt --from-file=tls.key --from-file=ca.crt, then --set tls.internal.existingSecrets.{{ $use }}=webhook-{{ $use }}-tls{{ if eq $use "registry" }}; or let cert-manager make all four: --set tls.internal.certManager.enabled=true,tls.internal.certManager.issuerRef.name=ISSUER{{ end }}"
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "webhook-platform.missingWays" -}}
{{- if and .Values.registry.ingress.enabled (not .Values.registry.ingress.host) }}
- "registry.ingress.host: --set registry.ingress.host=webhooks.example.com"
{{- end }}
{{- if and .Values.registry.httpRoute.enabled (not .Values.registry.httpRoute.parentRefs) }}
- "registry.httpRoute.parentRefs: --set registry.httpRoute.parentRefs[0].name=GATEWAY"
{{- end }}
{{- if .Values.ingest.grpcRoute.enabled }}
{{- if not .Values.ingest.grpcRoute.parentRefs }}
- "ingest.grpcRoute.parentRefs: --set ingest.grpcRoute.parentRefs[0].name=GATEWAY"
{{- end }}
{{- if and .Values.tls.internal.enabled (not .Values.ingest.grpcRoute.backendTls.caConfigMap) }}
- "ingest.grpcRoute.backendTls.caConfigMap: kubectl create configmap webhook-ca --namespace {{ .Release.Namespace }} --from-file=ca.crt, then --set ingest.grpcRoute.backendTls.caConfigMap=webhook-ca"
{{- end }}
{{- end }}
{{- if and (eq .Values.worker.autoscaling.type "keda") (not .Values.worker.autoscaling.prometheusAddress) }}
- "worker.autoscaling.prometheusAddress: --set worker.autoscaling.prometheusAddress=http://prometheus.monitoring.svc:9090"
{{- end }}
{{- if not .Values.serviceAccounts.create }}
{{- range include "webhook-platform.services" . | fromYamlArray }}
{{- if not (get $.Values .key).serviceAccount.name }}
- "{{ .key }}.serviceAccount.name: serviceAccounts.create is off; --set {{ .key }}.serviceAccount.name=NAME"
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* One refusal of the production profile, with the name that acknowledges it. Takes root, name, when, and message. */}}
{{- define "webhook-platform.refusal" -}}
{{- if and .when (ne .root.Values.global.profile "development") (not (has .name .root.Values.global.acknowledge)) }}
- {name: {{ .name }}, message: {{ .message | quote }}}
{{- end }}
{{- end }}

{{/* The fewest pods that a service may have. Takes values and scaled. */}}
{{- define "webhook-platform.leastReplicas" -}}
{{ ternary .values.autoscaling.minReplicas .values.replicas .scaled | int }}
{{- end }}

{{- define "webhook-platform.refusals" -}}
{{- $kafka := .Values.kafka }}
{{- $topics := $kafka.topics }}
{{- include "webhook-platform.refusal" (dict "root" . "name" "plaintextKafka" "when" (not (include "webhook-platform.kafkaTls" .)) "message" (printf "kafka.security.protocol: %s sends passwords and events in clear" $kafka.security.protocol)) }}
{{- include "webhook-platform.refusal" (dict "root" . "name" "plaintextGrpc" "when" (not .Values.tls.internal.enabled) "message" "tls.internal.enabled: false sends keys and signing secrets between the services in clear") }}
{{- include "webhook-platform.refusal" (dict "root" . "name" "plaintextPostgres" "when" (has .Values.postgres.tls.mode (list "prefer" "disable")) "message" (printf "postgres.tls.mode: %s may send all in clear" .Values.postgres.tls.mode)) }}
{{- include "webhook-platform.refusal" (dict "root" . "name" "allowHttp" "when" .Values.egress.allowHttp "message" "egress.allowHttp: true delivers bodies in clear") }}
{{- include "webhook-platform.refusal" (dict "root" . "name" "egressAllowCidrs" "when" (not (empty .Values.egress.allowCidrs)) "message" "egress.allowCidrs: customers could reach what answers at these private addresses") }}
{{- include "webhook-platform.refusal" (dict "root" . "name" "topicReplication" "when" (and $topics.manage (lt (int $topics.replicationFactor) 3)) "message" "kafka.topics.replicationFactor: below 3, the loss of a broker may lose acknowledged events") }}
{{- include "webhook-platform.refusal" (dict "root" . "name" "topicReplication" "when" (and $topics.manage (lt (int $topics.minInsyncReplicas) 2)) "message" "kafka.topics.minInsyncReplicas: below 2, an acknowledged event may be on one disk only") }}
{{- $least := dict
  "registry.replicas" (int .Values.registry.replicas)
  (ternary "ingest.autoscaling.minReplicas" "ingest.replicas" .Values.ingest.autoscaling.enabled) (include "webhook-platform.leastReplicas" (dict "values" .Values.ingest "scaled" .Values.ingest.autoscaling.enabled) | int)
  (eq .Values.worker.autoscaling.type "none" | ternary "worker.replicas" "worker.autoscaling.minReplicas") (include "webhook-platform.leastReplicas" (dict "values" .Values.worker "scaled" (ne .Values.worker.autoscaling.type "none")) | int) }}
{{- range $key, $replicas := $least }}
{{- include "webhook-platform.refusal" (dict "root" $ "name" "singleReplica" "when" (lt $replicas 2) "message" (printf "%s: one pod, and none while it is replaced" $key)) }}
{{- end }}
{{- end }}

{{/* What the chart says itself, and what its refusals look at, is not said a second time where they do not see it. */}}
{{- define "webhook-platform.besides" -}}
{{- $owned := dict "PROFILE" "global.profile" "ALLOW_HTTP" "egress.allowHttp" "EGRESS_ALLOW_CIDRS" "egress.allowCidrs" "RETRY_TIME_SCALE" "worker.config.retryTimeScale" "KAFKA_SECURITY_PROTOCOL" "kafka.security.protocol" "PG_DSN" "postgres" "TLS_CERT_FILE" "tls.internal" "TLS_KEY_FILE" "tls.internal" "TLS_CA_FILE" "tls.internal" "TLS_CLIENT_SANS" "tls.internal.clientSans" }}
{{- $volumes := list "secrets" "tls" "kafka-password" "kafka-ca" "kafka-cert" "postgres-password" "postgres-ca" "egress-ca" }}
{{- $pods := dict "pod" .Values.pod "registry.pod" .Values.registry.pod "ingest.pod" .Values.ingest.pod "worker.pod" .Values.worker.pod }}
{{- range $key, $pod := $pods }}
{{- range $pod.extraEnv }}
{{- with get $owned (trimPrefix "WEBHOOK_" .name) }}
- "{{ $key }}.extraEnv: what it sets is said by {{ . }}"
{{- end }}
{{- end }}
{{- range $pod.extraVolumes }}
{{- if has .name $volumes }}
- "{{ $key }}.extraVolumes: {{ .name }} is a volume of the chart's own"
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "webhook-platform.contradictions" -}}
{{- include "webhook-platform.besides" . }}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" (include "webhook-platform.fullname" .)) }}
- "fullnameOverride: {{ include "webhook-platform.fullname" . }} is made of it or of the release's name, and is no name for a Service: lower-case letters, digits and -, a letter first"
{{- end }}
{{- if and (ne .Values.global.profile "development") (ne (float64 .Values.worker.config.retryTimeScale) 1.0) }}
- "worker.config.retryTimeScale: must be 1 in the production profile, since customers rely on the retry schedule"
{{- end }}
{{- if and .Values.metrics.podMonitor.enabled .Values.metrics.serviceMonitor.enabled }}
- "metrics.podMonitor.enabled and metrics.serviceMonitor.enabled: all would be counted twice; choose one"
{{- end }}
{{- $topics := .Values.kafka.topics }}
{{- if gt (int $topics.minInsyncReplicas) (int $topics.replicationFactor) }}
- "kafka.topics.minInsyncReplicas: above kafka.topics.replicationFactor, so that nothing would be accepted"
{{- end }}
{{- range $key := tuple "ingest" "worker" }}
{{- $scaling := (get $.Values $key).autoscaling }}
{{- if gt (int $scaling.minReplicas) (int $scaling.maxReplicas) }}
- "{{ $key }}.autoscaling.minReplicas: above {{ $key }}.autoscaling.maxReplicas"
{{- end }}
{{- end }}
{{- $most := dict "worker.replicas" .Values.worker.replicas "worker.autoscaling.maxReplicas" .Values.worker.autoscaling.maxReplicas }}
{{- range $key, $replicas := $most }}
{{- if gt (int $replicas) (int $topics.deliveryPartitions) }}
- "{{ $key }}: above kafka.topics.deliveryPartitions ({{ int $topics.deliveryPartitions }}); the pods beyond would have nothing to do"
{{- end }}
{{- end }}
{{- end }}

{{- define "webhook-platform.validate" -}}
{{- $parts := list }}
{{- with include "webhook-platform.missing" . | fromYamlArray }}
{{- $parts = append $parts (printf "these keys must be set:\n  - %s" (join "\n  - " .)) }}
{{- end }}
{{- with include "webhook-platform.contradictions" . | fromYamlArray }}
{{- $parts = append $parts (printf "these values cannot be used:\n  - %s" (join "\n  - " .)) }}
{{- end }}
{{- with include "webhook-platform.refusals" . | fromYamlArray }}
{{- $accepted := $.Values.global.acknowledge }}
{{- $messages := list }}
{{- range . }}
{{- $accepted = append $accepted .name }}
{{- $messages = append $messages .message }}
{{- end }}
{{- $parts = append $parts (printf "global.profile production refuses:\n  - %s\nto accept all of it: --set 'global.acknowledge={%s}'" (join "\n  - " $messages) (uniq $accepted | join ",")) }}
{{- end }}
{{- if $parts }}
{{- fail (printf "\n\n%s\n\nREADME.md of the chart says what each key means.\n" (join "\n\n" $parts)) }}
{{- end }}
{{- end }}
