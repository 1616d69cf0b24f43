{{- /* What all pods of the chart have in common; (list root component). */}}
{{- define "scribe.podBasics" -}}
{{- $root := index . 0 }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $root.Values.podSecurityContext }}
securityContext: {{- toYaml . | nindent 2 }}
{{- end }}
{{- include "scribe.pullSecrets" $root }}
{{- end }}

{{- /* Which nodes a pod may run on, and how, and how it finds names; the argument is the values of a service or of the setup. */}}
{{- define "scribe.placement" -}}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .hostAliases }}
hostAliases: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .dnsPolicy }}
dnsPolicy: {{ . }}
{{- end }}
{{- with .dnsConfig }}
dnsConfig: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "scribe.volumes" -}}
{{- $root := index . 0 }}
{{- $name := index . 1 }}
{{- $service := index . 2 }}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: {{ $service.tmpSizeLimit }}}
{{- if eq $name "scraper" }}
  - name: shared-memory
    emptyDir: {medium: Memory, sizeLimit: {{ $service.sharedMemory }}}
{{- end }}
{{- include "scribe.natsVolume" (list $root $name) }}
{{- include "scribe.secretsVolume" (list $root $service.secretKeys) }}
{{- with $service.extraVolumes }}
{{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "scribe.mounts" -}}
{{- $root := index . 0 }}
{{- $name := index . 1 }}
{{- $service := index . 2 }}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
{{- if eq $name "scraper" }}
  - {name: shared-memory, mountPath: /dev/shm}
{{- end }}
{{- include "scribe.natsMount" $root }}
{{- if $service.secretKeys }}
{{- include "scribe.secretsMount" $root }}
{{- end }}
{{- with $service.extraVolumeMounts }}
{{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* The credential of one component; (list root name). */}}
{{- define "scribe.natsVolume" }}
{{- $name := index . 1 }}
{{- with (index . 0).Values.nats.credentials }}
{{- if .secret }}
  - name: nats-credentials
    secret:
      secretName: {{ .secret }}
      items: [{key: {{ $name }}.{{ eq .kind "nkey" | ternary "nk" "creds" }}, path: credentials}]
{{- end }}
{{- end }}
{{- end }}

{{- define "scribe.natsMount" }}
{{- if .Values.nats.credentials.secret }}
  - {name: nats-credentials, mountPath: /etc/scribe/nats, readOnly: true}
{{- end }}
{{- end }}

{{- /* The server's own probes: alive means that it makes progress, ready that it can be given work; the argument is a service's `probes`. */}}
{{- define "scribe.probes" -}}
{{- $own := include "scribe.ownProbes" . | fromYaml }}
{{- range $kind := list "startup" "liveness" "readiness" }}
{{ $kind }}Probe: {{- include "scribe.merge" (list (get $own $kind) (get $ $kind)) | nindent 2 }}
{{- end }}
{{- end }}

{{- define "scribe.ownProbes" -}}
startup:
  httpGet: {path: /livez, port: probes}
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 150
liveness:
  httpGet: {path: /livez, port: probes}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
readiness:
  httpGet: {path: /readyz, port: probes}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 2
{{- end }}

{{- /* Pods of one service over zones and nodes, as far as that is possible. */}}
{{- define "scribe.spread" -}}
{{- $root := index . 0 }}
{{- $component := index . 1 }}
{{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: ScheduleAnyway
  matchLabelKeys: [pod-template-hash]
  labelSelector:
    matchLabels:
      {{- include "scribe.selector" $root | nindent 6 }}
      app.kubernetes.io/component: {{ $component }}
{{- end }}
{{- end }}

{{- /* What runs before the service's container; (list root name service). */}}
{{- define "scribe.initContainers" -}}
{{- $root := index . 0 }}
{{- $service := index . 2 }}
{{- $waits := and (has (index . 1) (list "gateway" "composer")) (ne $root.Values.migrations.mode "none") }}
{{- if or $waits $service.extraInitContainers }}
initContainers:
  {{- if $waits }}
  {{- include "scribe.waitForSchema" (list $root $service) | nindent 2 }}
  {{- end }}
  {{- with $service.extraInitContainers }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end }}

{{- /* Waits until the schema is there, and costs one query; only what uses the database needs it. (list root service) */}}
{{- define "scribe.waitForSchema" -}}
{{- $root := index . 0 }}
{{- $service := index . 1 }}
- name: wait-for-schema
  image: {{ include "scribe.image" (list $root $root.Values.migrations.image "scribe-migrations") }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  args: [wait, --timeout, {{ $root.Values.migrations.timeout | quote }}]
  {{- with $root.Values.containerSecurityContext }}
  securityContext: {{- toYaml . | nindent 4 }}
  {{- end }}
  env:
    - {name: SCRIBE_SECRETS_DIR, value: /etc/scribe/secrets}
    {{- with $service.extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $service.extraEnvFrom }}
  envFrom: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $root.Values.migrations.resources }}
  resources: {{- toYaml . | nindent 4 }}
  {{- end }}
  volumeMounts:
    - {name: tmp, mountPath: /tmp}
    - {name: secrets, mountPath: /etc/scribe/secrets, readOnly: true}
    {{- with $service.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}
