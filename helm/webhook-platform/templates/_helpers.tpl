{{/*
Names, labels, images. Where a helper takes $ctx it is a dict: root (the chart's context), key (of the service in values:
registry, ingest, worker, webhookctl) and component (its name outside: registry, event-ingest, delivery-worker, …).
*/}}

{{- define "webhook-platform.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 36 | trimSuffix "-" }}
{{- end }}

{{/* Short enough for a name of 63 characters with every suffix that the chart adds. */}}
{{- define "webhook-platform.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 36 | trimSuffix "-" }}
{{- else if contains (include "webhook-platform.name" .) .Release.Name }}
{{- .Release.Name | trunc 36 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "webhook-platform.name" .) | trunc 36 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "webhook-platform.componentName" -}}
{{ include "webhook-platform.fullname" .root }}-{{ .component }}
{{- end }}

{{/* Never more than these three: a Deployment's selector cannot be changed. */}}
{{- define "webhook-platform.selector" -}}
app.kubernetes.io/name: {{ include "webhook-platform.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "webhook-platform.labels" -}}
{{- with .root.Values.global.commonLabels }}
{{- toYaml . }}
{{ end -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{ include "webhook-platform.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: webhook-platform
{{- end }}

{{/* metadata of an object that has the component's name, with `suffix` where ctx has one. */}}
{{- define "webhook-platform.metadata" -}}
name: {{ include "webhook-platform.componentName" . }}{{ .suffix }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "webhook-platform.labels" . | nindent 2 }}
{{- end }}

{{- define "webhook-platform.image" -}}
{{- $image := (get .root.Values .key).image }}
{{- $global := .root.Values.global.image }}
{{- with $global.registry }}{{ trimSuffix "/" . }}/{{ end }}{{ $image.repository }}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default $global.tag | default .root.Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "webhook-platform.serviceAccount" -}}
{{- (get .root.Values .key).serviceAccount.name | default (include "webhook-platform.componentName" .) }}
{{- end }}

{{/* The pod settings of a service, as YAML: `pod`, changed by <service>.pod; extraEnv of both is merged by name elsewhere. */}}
{{- define "webhook-platform.pod" -}}
{{- $own := (get .root.Values .key).pod | default dict }}
{{- mergeOverwrite (deepCopy .root.Values.pod) (deepCopy $own) | toYaml }}
{{- end }}

{{/* Seconds of a duration such as 90s, 5m or 1h. */}}
{{- define "webhook-platform.seconds" -}}
{{- if hasSuffix "ms" . }}1
{{- else if hasSuffix "s" . }}{{ trimSuffix "s" . | int }}
{{- else if hasSuffix "m" . }}{{ mul (trimSuffix "m" . | int) 60 }}
{{- else }}{{ mul (trimSuffix "h" . | int) 3600 }}
{{- end }}
{{- end }}

{{/* What the registry and event-ingest are called inside the cluster. */}}
{{- define "webhook-platform.host" -}}
{{ include "webhook-platform.componentName" . }}.{{ .root.Release.Namespace }}.svc
{{- end }}

{{- define "webhook-platform.registryHost" -}}
{{ include "webhook-platform.host" (dict "root" . "component" "registry") }}
{{- end }}

{{- define "webhook-platform.ingestHost" -}}
{{ include "webhook-platform.host" (dict "root" . "component" "event-ingest") }}
{{- end }}

{{/* Name of the Secret with a service's certificate; empty: it has none. */}}
{{- define "webhook-platform.tlsSecret" -}}
{{- $tls := .root.Values.tls.internal }}
{{- if not $tls.enabled }}
{{- else if $tls.certManager.enabled }}
{{- include "webhook-platform.componentName" . }}-tls
{{- else }}
{{- get $tls.existingSecrets (eq .key "webhookctl" | ternary "client" .key) }}
{{- end }}
{{- end }}

{{/* DNS names of a service's certificate, as a YAML list. */}}
{{- define "webhook-platform.certificateNames" -}}
{{- $service := include "webhook-platform.componentName" . }}
{{- $names := list $service }}
{{- range tuple "" "-headless" }}
{{- if or (eq . "") (eq $.key "ingest") }}
{{- $names = concat $names (list (printf "%s%s.%s.svc" $service . $.root.Release.Namespace) (printf "%s%s.%s.svc.%s" $service . $.root.Release.Namespace $.root.Values.global.clusterDomain)) }}
{{- end }}
{{- end }}
{{- toYaml $names }}
{{- end }}

{{/* The kinds of Kafka connection: "true" or nothing. */}}
{{- define "webhook-platform.kafkaSasl" -}}
{{- if hasPrefix "sasl_" .Values.kafka.security.protocol }}true{{ end }}
{{- end }}

{{- define "webhook-platform.kafkaTls" -}}
{{- if hasSuffix "ssl" .Values.kafka.security.protocol }}true{{ end }}
{{- end }}

{{/* The three services, as a YAML list of key, component and the port of health and metrics. */}}
{{- define "webhook-platform.services" -}}
- {key: registry, component: registry, admin: 9100}
- {key: ingest, component: event-ingest, admin: 9101}
- {key: worker, component: delivery-worker, admin: 9102}
{{- end }}
