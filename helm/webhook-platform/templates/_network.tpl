{{/* Rules of the NetworkPolicies. An empty list of peers is everybody, in both directions. */}}

{{/* One rule. Takes direction (from or to), peers, and ports: numbers, none for all. */}}
{{- define "webhook-platform.rule" -}}
- {{ with .peers }}{{ $.direction }}:
    {{- toYaml . | nindent 4 }}
  {{ end }}
  {{- with .ports }}ports:
    {{- range . }}
    - {port: {{ int . }}, protocol: TCP}
    {{- end }}
  {{- end }}
  {{- if not (or .peers .ports) }}{}{{ end }}
{{- end }}

{{/* The pods of some of the platform's parts, as peers. Takes root and components. */}}
{{- define "webhook-platform.peers" -}}
- podSelector:
    matchLabels:
      app.kubernetes.io/name: {{ include "webhook-platform.name" .root }}
      app.kubernetes.io/instance: {{ .root.Release.Name }}
    matchExpressions:
      - {key: app.kubernetes.io/component, operator: In, values: [{{ join ", " .components }}]}
{{- end }}

{{- define "webhook-platform.dnsRule" -}}
- {{ with .Values.networkPolicy.egress.dnsTo }}to:
    {{- toYaml . | nindent 4 }}
  {{ end }}ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
{{- end }}

{{- define "webhook-platform.kafkaRule" -}}
{{- $egress := .Values.networkPolicy.egress }}
{{- $ports := $egress.kafkaPorts }}
{{- if not $ports }}
{{- range splitList "," .Values.kafka.bootstrapServers }}
{{- $ports = append $ports (splitList ":" (trim .) | last | int) }}
{{- end }}
{{- end }}
{{- include "webhook-platform.rule" (dict "direction" "to" "peers" $egress.kafkaTo "ports" (uniq $ports)) }}
{{- end }}

{{- define "webhook-platform.postgresRule" -}}
{{- include "webhook-platform.rule" (dict "direction" "to" "peers" .Values.networkPolicy.egress.postgresTo "ports" (list .Values.postgres.port)) }}
{{- end }}

{{/* The gRPC of some of the platform's parts. Takes root, component, port. */}}
{{- define "webhook-platform.callRule" -}}
{{- $peers := include "webhook-platform.peers" (dict "root" .root "components" (list .component)) | fromYamlArray }}
{{- include "webhook-platform.rule" (dict "direction" "to" "peers" $peers "ports" .ports) }}
{{- end }}

{{/* Public addresses, and private ones that values allow. */}}
{{- define "webhook-platform.endpointsRule" -}}
{{- $egress := .Values.networkPolicy.egress }}
{{- $peers := list (dict "ipBlock" (dict "cidr" "0.0.0.0/0" "except" $egress.exceptCidrs)) (dict "ipBlock" (dict "cidr" "2000::/3" "except" $egress.exceptCidrsV6)) }}
{{- range .Values.egress.allowCidrs }}
{{- $peers = append $peers (dict "ipBlock" (dict "cidr" .)) }}
{{- end }}
{{- include "webhook-platform.rule" (dict "direction" "to" "peers" $peers "ports" $egress.endpointPorts) }}
{{- end }}

{{/* Who may call a port: the platform's own parts, if any, and others. Takes root, components, others, port. */}}
{{- define "webhook-platform.callersRule" -}}
{{- $peers := .others }}
{{- if and $peers .components }}
{{- $peers = concat $peers (include "webhook-platform.peers" (dict "root" .root "components" .components) | fromYamlArray) }}
{{- end }}
{{- include "webhook-platform.rule" (dict "direction" "from" "peers" $peers "ports" (list .port)) }}
{{- end }}

{{/* All of a policy. ctx has ingress and egress, lists of YAML texts. */}}
{{- define "webhook-platform.networkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "webhook-platform.metadata" . | nindent 2 }}
  {{- with .annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  podSelector:
    matchLabels:
      {{- include "webhook-platform.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  {{- with .ingress }}
  ingress:
    {{- range . }}
    {{- . | nindent 4 }}
    {{- end }}
  {{- end }}
  egress:
    {{- include "webhook-platform.dnsRule" .root | nindent 4 }}
    {{- range .egress }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- with .root.Values.networkPolicy.egress.extra }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}
