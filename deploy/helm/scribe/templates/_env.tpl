{{- /* A variable's value as text; large numbers keep their digits. (list root value) */}}
{{- define "scribe.text" -}}
{{- $value := index . 1 }}
{{- if kindIs "string" $value }}{{ tpl $value (index . 0) }}{{ else }}{{ toJson $value }}{{ end }}
{{- end }}

{{- define "scribe.revision" -}}
{{- $revision := .Values.secrets.revision }}
{{- kindIs "string" $revision | ternary $revision (toJson $revision) }}
{{- end }}

{{- /* The variables that the chart's own values decide, which nobody may set beside them. (list root name service) */}}
{{- define "scribe.ownVariables" -}}
{{- $root := index . 0 }}
{{- $name := index . 1 }}
{{- $service := index . 2 }}
{{- $own := dict }}
{{- if eq $name "gateway" }}
{{- $_ := set $own "SCRIBE_PORT" "8000" }}
{{- $_ := set $own "SCRIBE_PROBE_PORT" "8080" }}
{{- $_ := set $own "SCRIBE_STEP_CONCURRENCY" (include "scribe.stepConcurrency" $root) }}
{{- if not (hasKey $service.env "SCRIBE_IN_FLIGHT") }}
{{- $_ := set $own "SCRIBE_IN_FLIGHT" (include "scribe.inFlight" $root) }}
{{- end }}
{{- $_ := set $own "SCRIBE_STALE_AFTER" (include "scribe.staleAfter" $root) }}
{{- $_ := set $own "SCRIBE_SUPABASE_URL" (tpl $root.Values.supabase.url $root) }}
{{- $_ := set $own "SCRIBE_ADMIN_USER_IDS" (join "," $root.Values.adminUserIds) }}
{{- $_ := set $own "SCRIBE_CORS_ORIGINS" (join "," $root.Values.corsOrigins) }}
{{- else }}
{{- $_ := set $own "SCRIBE_PORT" "8080" }}
{{- $_ := set $own "SCRIBE_CONCURRENCY" (toJson $service.concurrency) }}
{{- $_ := set $own "SCRIBE_STEP_DEADLINE" (toJson $service.stepDeadline) }}
{{- end }}
{{- if eq $name "arxiv" }}
{{- $_ := set $own "SCRIBE_MAX_REPLICAS" (include "scribe.maxReplicas" (list $root $name)) }}
{{- end }}
{{- $roles := dict "gateway" (list "template") "parser" (list "parser") "scraper" (list "scraper") "composer" (list "composer" "checker") }}
{{- range $role := get $roles $name | default list }}
{{- $_ := set $own (printf "SCRIBE_%s_MODEL" (upper $role)) (get $root.Values.models $role) }}
{{- $_ := set $own (printf "SCRIBE_%s_FALLBACK_MODELS" (upper $role)) (join "," (get $root.Values.models.fallback $role)) }}
{{- end }}
{{- toYaml $own }}
{{- end }}

{{- /* Keys without which a container does not start: the database's. */}}
{{- define "scribe.requiredKeys" -}}
{{- toJson (list "SCRIBE_DATABASE_URL" "SCRIBE_COMPOSER_DATABASE_URL") }}
{{- end }}

{{- /* The secrets as files named as the variables, which are read again when they change; (list root keys). */}}
{{- define "scribe.secretsVolume" }}
{{- $root := index . 0 }}
{{- $required := include "scribe.requiredKeys" $root | fromJsonArray }}
{{- with index . 1 }}
  - name: secrets
    projected:
      sources:
      {{- range $key := . }}
      {{- $other := get $root.Values.secrets.from $key | default dict }}
        - secret:
            name: {{ $other.name | default (include "scribe.secret" $root) }}
            items: [{key: {{ $other.key | default $key }}, path: {{ $key }}}]
            optional: {{ not (or $other (has $key $required)) }}
      {{- end }}
{{- end }}
{{- end }}

{{- define "scribe.secretsMount" }}
  - {name: secrets, mountPath: /etc/scribe/secrets, readOnly: true}
{{- end }}

{{- /* All variables of a service's container; (list root name service). */}}
{{- define "scribe.env" -}}
{{- $root := index . 0 }}
{{- $service := index . 2 }}
{{- range $key, $value := include "scribe.ownVariables" . | fromYaml }}
{{- if $value }}
- name: {{ $key }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
{{- range $key, $value := $service.env }}
- name: {{ $key }}
  value: {{ include "scribe.text" (list $root $value) | quote }}
{{- end }}
{{- with $root.Values.telemetry.endpoint }}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: POD_NAMESPACE
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
- name: OTEL_RESOURCE_ATTRIBUTES
  value: k8s.pod.name=$(POD_NAME),k8s.namespace.name=$(POD_NAMESPACE),service.version={{ include "scribe.tag" (list $root $service.image) }}
{{- end }}
{{- with $service.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* What every container reads: the ConfigMap's content. */}}
{{- define "scribe.config" -}}
{{- include "scribe.sharedVariables" . }}
{{- range $key, $value := .Values.config }}
{{ $key }}: {{ include "scribe.text" (list $ $value) | quote }}
{{- end }}
{{- end }}

{{- /* The part of it that the chart's own values decide. */}}
{{- define "scribe.sharedVariables" -}}
SCRIBE_NATS_URL: {{ tpl .Values.nats.url . | quote }}
{{- with .Values.nats.user }}
SCRIBE_NATS_USER: {{ . | quote }}
{{- end }}
{{- if .Values.nats.credentials.secret }}
SCRIBE_NATS_{{ eq .Values.nats.credentials.kind "nkey" | ternary "NKEY" "CREDENTIALS" }}_FILE: /etc/scribe/nats/credentials
{{- end }}
SCRIBE_SECRETS_DIR: /etc/scribe/secrets
SCRIBE_NATS_API_PREFIX: {{ .Values.nats.apiPrefix | quote }}
SCRIBE_STREAM_REPLICAS: {{ toJson .Values.nats.streamReplicas | quote }}
SCRIBE_PIPELINE_MAX_BYTES: {{ toJson .Values.nats.maxBytes.pipeline | quote }}
SCRIBE_EVENTS_MAX_BYTES: {{ toJson .Values.nats.maxBytes.events | quote }}
SCRIBE_DEADLETTER_MAX_BYTES: {{ toJson .Values.nats.maxBytes.deadletter | quote }}
{{- with .Values.telemetry.endpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ tpl . $ | quote }}
{{- end }}
{{- end }}
