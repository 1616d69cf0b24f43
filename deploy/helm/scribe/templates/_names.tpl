{{- define "scribe.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "scribe.fullname" -}}
{{- $name := include "scribe.name" . }}
{{- $whole := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) }}
{{- default $whole .Values.fullnameOverride | replace "." "-" | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "scribe.selector" -}}
app.kubernetes.io/name: {{ include "scribe.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* Labels of an object; the argument is (list root component). */}}
{{- define "scribe.labels" -}}
{{- $root := index . 0 -}}
{{ include "scribe.selector" $root }}
app.kubernetes.io/component: {{ index . 1 }}
app.kubernetes.io/part-of: scribe
app.kubernetes.io/version: {{ include "scribe.tag" (list $root dict) | trunc 63 | trimAll "-_." | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "scribe.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ default (include "scribe.fullname" .) .Values.serviceAccount.name }}
{{- else }}{{ default "default" .Values.serviceAccount.name }}{{ end }}
{{- end }}

{{- define "scribe.secret" -}}
{{- default (include "scribe.fullname" .) .Values.secrets.existingSecret }}
{{- end }}
