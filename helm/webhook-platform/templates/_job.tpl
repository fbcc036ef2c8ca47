{{/* A Job of webhookctl. ctx as in _helpers.tpl, with settings, args, and annotations of a hook. */}}

{{/* What a pod of webhookctl has beside its container's arguments. */}}
{{- define "webhook-platform.webhookctlPod" -}}
restartPolicy: Never
serviceAccountName: {{ .root.Values.migrations.serviceAccountName }}
{{ include "webhook-platform.podSecurity" . }}
{{- with include "webhook-platform.placement" . | trim }}
{{ . }}
{{- end }}
containers:
  - name: webhookctl
    {{- include "webhook-platform.container" . | nindent 4 }}
    args: {{ toJson .args }}
{{- with include "webhook-platform.volumes" . | trim }}
volumes:
  {{- . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "webhook-platform.job" -}}
{{- $migrations := .root.Values.migrations }}
{{- $pod := include "webhook-platform.webhookctlPod" . }}
{{- /* A Job cannot be changed: without a hook that replaces it, another content is another Job. */}}
{{- $suffix := empty .annotations | ternary (printf "-%s" (sha256sum $pod | trunc 8)) "" }}
apiVersion: batch/v1
kind: Job
metadata:
  {{- include "webhook-platform.metadata" (dict "root" .root "component" .component "suffix" $suffix) | nindent 2 }}
  {{- with .annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  backoffLimit: {{ int $migrations.backoffLimit }}
  activeDeadlineSeconds: {{ int $migrations.activeDeadlineSeconds }}
  ttlSecondsAfterFinished: {{ int $migrations.ttlSecondsAfterFinished }}
  template:
    metadata:
      labels:
        {{- include "webhook-platform.podLabels" . | nindent 8 }}
      {{- with (include "webhook-platform.pod" . | fromYaml).annotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- $pod | nindent 6 }}
{{- end }}

{{/*
Annotations of a hook before installs and upgrades. Takes root and weight. Hooks are no part of a release, so `helm uninstall`
leaves them: they go once all have succeeded. What fails stays for its log, which Helm prints too.
*/}}
{{- define "webhook-platform.hook" -}}
{{- if .root.Values.migrations.useHelmHooks }}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ .weight | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
helm.sh/hook-output-log-policy: hook-failed
{{- end }}
{{- end }}
