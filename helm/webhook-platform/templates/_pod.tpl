{{/* What all pods have in common. ctx as in _helpers.tpl, with `settings`: the helper in _env.tpl. */}}

{{/* Without the chart's version: a new chart around the same process restarts nothing. */}}
{{- define "webhook-platform.podLabels" -}}
{{- $labels := merge (include "webhook-platform.selector" . | fromYaml) (dict "app.kubernetes.io/part-of" "webhook-platform") }}
{{- merge $labels (include "webhook-platform.pod" . | fromYaml).labels .root.Values.global.commonLabels | toYaml }}
{{- end }}

{{- define "webhook-platform.podSecurity" -}}
automountServiceAccountToken: false
{{/* Else each Service of the namespace becomes variables, and a WEBHOOK_… that no process knows ends it. */ -}}
enableServiceLinks: false
{{- with .root.Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "webhook-platform.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "webhook-platform.placement" -}}
{{- $pod := include "webhook-platform.pod" . | fromYaml }}
{{- with $pod.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $pod.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pod.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pod.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "webhook-platform.spread" -}}
{{- $pod := include "webhook-platform.pod" . | fromYaml }}
topologySpreadConstraints:
{{- if $pod.topologySpreadConstraints }}
  {{- toYaml $pod.topologySpreadConstraints | nindent 2 }}
{{- else }}
{{- range tuple "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "webhook-platform.selector" $ | nindent 8 }}
{{- end }}
{{- end }}
{{- end }}

{{/* A Secret as files that only the process's group reads. Takes name, secret, and items: a map of file name to key. */}}
{{- define "webhook-platform.secretVolume" -}}
- name: {{ .name }}
  secret:
    secretName: {{ .secret }}
    defaultMode: 0440
    items:
      {{- range $path, $key := .items }}
      - {key: {{ quote $key }}, path: {{ quote $path }}}
      {{- end }}
{{ end }}

{{/*
The volumes that a container's settings name: a variable …_FILE of /etc/webhook/<volume>/<file> brings its volume, so that no
process gets a Secret that it does not read.
*/}}
{{- define "webhook-platform.volumes" -}}
{{- $settings := include .settings . }}
{{- $values := .root.Values }}
{{- $keys := $values.secrets.keys }}
{{- $own := dict "internal-token" $keys.internalToken }}
{{- if contains "/secrets/api-key-pepper" $settings }}{{ $_ := set $own "api-key-pepper" $keys.apiKeyPepper }}{{ end }}
{{- if contains "WEBHOOK_KEK_FILE" $settings }}{{ $_ := set $own "kek" $keys.kek }}{{ end }}
{{- if contains "WEBHOOK_KEK_OLD_FILE" $settings }}{{ $_ := set $own "kek-old" $keys.kekOld }}{{ end }}
{{- $postgres := $values.postgres }}
{{- $pair := dict "tls.crt" "tls.crt" "tls.key" "tls.key" }}
{{- $volumes := list
  (dict "name" "secrets" "secret" $values.secrets.existingSecret "items" $own)
  (dict "name" "tls" "secret" (include "webhook-platform.tlsSecret" .) "items" (merge (dict "ca.crt" "ca.crt") $pair))
  (dict "name" "kafka-password" "secret" $values.kafka.security.existingSecret "items" (dict "password" $values.kafka.security.passwordKey))
  (dict "name" "kafka-ca" "secret" $values.kafka.security.caSecret "items" (dict "ca.crt" $values.kafka.security.caKey))
  (dict "name" "kafka-cert" "secret" $values.kafka.security.clientCertSecret "items" $pair)
  (dict "name" "postgres-password" "secret" $postgres.existingSecret "items" (dict "password" $postgres.passwordKey))
  (dict "name" "postgres-ca" "secret" $values.postgres.tls.caSecret "items" (dict "ca.crt" $values.postgres.tls.caKey))
  (dict "name" "egress-ca" "secret" $values.egress.caSecret "items" (dict "ca.crt" $values.egress.caKey)) }}
{{- range $volumes }}
{{- if contains (printf "/etc/webhook/%s/" .name) $settings }}
{{ include "webhook-platform.secretVolume" . | trim }}
{{- end }}
{{- end }}
{{- with (include "webhook-platform.pod" . | fromYaml).extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "webhook-platform.volumeMounts" -}}
{{- range include "webhook-platform.volumes" . | fromYamlArray }}
{{- if and .secret (not (has .name (include "webhook-platform.extraVolumeNames" $ | fromYamlArray))) }}
- {name: {{ .name }}, mountPath: /etc/webhook/{{ .name }}, readOnly: true}
{{- end }}
{{- end }}
{{- with (include "webhook-platform.pod" . | fromYaml).extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "webhook-platform.extraVolumeNames" -}}
{{- $names := list }}
{{- range (include "webhook-platform.pod" . | fromYaml).extraVolumes }}{{ $names = append $names .name }}{{ end }}
{{- toYaml $names }}
{{- end }}

{{/* image to volumeMounts of a container. */}}
{{- define "webhook-platform.container" -}}
image: {{ include "webhook-platform.image" . }}
imagePullPolicy: {{ .root.Values.global.image.pullPolicy }}
env:
  {{- include "webhook-platform.env" . | trim | nindent 2 }}
resources:
  {{- toYaml (get .root.Values .key).resources | nindent 2 }}
securityContext:
  {{- include "webhook-platform.containerSecurity" . | nindent 2 }}
{{- with include "webhook-platform.volumeMounts" . | trim }}
volumeMounts:
  {{- . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "webhook-platform.probes" -}}
{{/* Up to five minutes for migrations and the first copy of the configuration. */ -}}
startupProbe:
  httpGet: {path: /startupz, port: admin}
  periodSeconds: 5
  failureThreshold: 60
readinessProbe:
  httpGet: {path: /readyz, port: admin}
  periodSeconds: 5
  failureThreshold: 2
{{/* Whether its loops turn; never whether a dependency is up, which no restart would mend. */ -}}
livenessProbe:
  httpGet: {path: /healthz, port: admin}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- end }}

{{/* A whole Deployment. ctx also has `ports` (name to number) and `replicas`: a number, or nothing with an autoscaler. */}}
{{- define "webhook-platform.deployment" -}}
{{- $pod := include "webhook-platform.pod" . | fromYaml }}
{{- $values := get .root.Values .key }}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "webhook-platform.metadata" . | nindent 2 }}
spec:
  {{- if .replicas }}
  replicas: {{ int .replicas }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "webhook-platform.selector" . | nindent 6 }}
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
  template:
    metadata:
      labels:
        {{- include "webhook-platform.podLabels" . | nindent 8 }}
      {{- $annotations := $pod.annotations }}
      {{- if .root.Values.metrics.scrapeAnnotations }}
      {{- $annotations = merge (dict "prometheus.io/scrape" "true" "prometheus.io/path" "/metrics" "prometheus.io/port" (toString .ports.admin)) $annotations }}
      {{- end }}
      {{- with $annotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "webhook-platform.serviceAccount" . }}
      {{- include "webhook-platform.podSecurity" . | nindent 6 }}
      {{- /* The drain, and some seconds to flush, commit and say goodbye, which the process bounds itself. */}}
      terminationGracePeriodSeconds: {{ add $pod.preStopSleepSeconds (include "webhook-platform.seconds" $values.config.drainTimeout) 15 }}
      {{- with include "webhook-platform.placement" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- include "webhook-platform.spread" . | nindent 6 }}
      containers:
        - name: {{ .component }}
          {{- include "webhook-platform.container" . | nindent 10 }}
          ports:
            {{- range $name, $port := .ports }}
            - {name: {{ $name }}, containerPort: {{ $port }}, protocol: TCP}
            {{- end }}
          lifecycle:
            preStop:
              sleep: {seconds: {{ int $pod.preStopSleepSeconds }}}
          {{- include "webhook-platform.probes" . | nindent 10 }}
      volumes:
        {{- include "webhook-platform.volumes" . | trim | nindent 8 }}
{{- end }}
