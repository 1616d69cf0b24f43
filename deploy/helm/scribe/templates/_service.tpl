{{- /* One map over another, false and empty values included, which Sprig's own merge would skip; (list base over). */}}
{{- define "scribe.merge" -}}
{{- $base := index . 0 }}
{{- $merged := deepCopy $base }}
{{- range $key, $value := index . 1 }}
{{- if and (kindIs "map" $value) (hasKey $base $key) (kindIs "map" (get $base $key)) }}
{{- $_ := set $merged $key (include "scribe.merge" (list (get $base $key) $value) | fromYaml) }}
{{- else }}
{{- $_ := set $merged $key $value }}
{{- end }}
{{- end }}
{{- toYaml $merged }}
{{- end }}

{{- /* A service's values: the defaults, and what it says itself; (list root name). */}}
{{- define "scribe.service" -}}
{{- $root := index . 0 }}
{{- include "scribe.merge" (list $root.Values.defaults (index $root.Values.services (index . 1))) }}
{{- end }}

{{- /* The values of the setup: of the defaults those that a Job can have, and what `migrations` says itself. */}}
{{- define "scribe.setup" -}}
{{- $shared := pick .Values.defaults "extraEnv" "extraEnvFrom" "extraVolumes" "extraVolumeMounts" "podAnnotations" "podLabels" "nodeSelector" "tolerations" "affinity" "priorityClassName" "runtimeClassName" "hostAliases" "dnsPolicy" "dnsConfig" "extraEgress" "tmpSizeLimit" }}
{{- include "scribe.merge" (list $shared .Values.migrations) }}
{{- end }}

{{- /* The greatest number of pods that a service can have; (list root name). */}}
{{- define "scribe.maxReplicas" -}}
{{- $service := include "scribe.service" . | fromYaml }}
{{- eq $service.autoscaling.type "none" | ternary (max 1 $service.replicas) $service.autoscaling.maxReplicas | int }}
{{- end }}

{{- /* The most deliveries that all pods of one step can have in progress. */}}
{{- define "scribe.stepConcurrency" -}}
{{- $root := . }}
{{- $most := 1 }}
{{- range $name, $service := omit $root.Values.services "gateway" }}
{{- $concurrency := mul (int $service.concurrency) (include "scribe.maxReplicas" (list $root $name) | int) }}
{{- $most = max $most $concurrency }}
{{- end }}
{{- $most }}
{{- end }}

{{- /* The most items in the pipeline: what all pods of all steps can have in progress. */}}
{{- define "scribe.inFlight" -}}
{{- $root := . }}
{{- $sum := 0 }}
{{- range $name, $service := omit $root.Values.services "gateway" }}
{{- $sum = add $sum (mul (int $service.concurrency) (include "scribe.maxReplicas" (list $root $name) | int)) }}
{{- end }}
{{- $sum }}
{{- end }}

{{- /* Seconds without progress after which the reconciler re-issues an item: never within an attempt. */}}
{{- define "scribe.staleAfter" -}}
{{- $longest := 0.0 }}
{{- range omit .Values.services "gateway" }}
{{- $longest = maxf $longest .stepDeadline }}
{{- end }}
{{- addf $longest 60 }}
{{- end }}

{{- /* Seconds from SIGTERM to SIGKILL: the longest step, 15 s to settle it, and a margin; (list name service). */}}
{{- define "scribe.grace" -}}
{{- $service := index . 1 }}
{{- $template := dig "SCRIBE_TEMPLATE_TIMEOUT" 45 $service.env | toString | float64 | addf 45 }}
{{- $longest := eq (index . 0) "gateway" | ternary $template $service.stepDeadline }}
{{- add (ceil $longest | int) 15 (int $service.gracePeriodMargin) }}
{{- end }}

{{- /* An image's reference; (list root image name-where-it-has-none). */}}
{{- define "scribe.image" -}}
{{- $root := index . 0 }}
{{- $image := index . 1 }}
{{- $name := default (index . 2) $image.repository }}
{{- with coalesce $root.Values.image.registry $root.Values.global.imageRegistry }}{{ $name = printf "%s/%s" (trimSuffix "/" .) $name }}{{ end }}
{{- if $image.digest }}{{ $name }}@{{ $image.digest }}
{{- else }}{{ $name }}:{{ include "scribe.tag" (list $root $image) }}{{ end }}
{{- end }}

{{- /* An image's tag. A number from a file of values is a float to Helm, and is written without its exponent. (list root image) */}}
{{- define "scribe.tag" -}}
{{- $root := index . 0 }}
{{- $tag := coalesce (index . 1).tag $root.Values.image.tag $root.Chart.AppVersion }}
{{- kindIs "string" $tag | ternary $tag (toJson $tag) }}
{{- end }}

{{- define "scribe.pullSecrets" -}}
{{- with concat .Values.image.pullSecrets .Values.global.imagePullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ kindIs "string" . | ternary . (get (kindIs "map" . | ternary . dict) "name") }}
{{- end }}
{{- end }}
{{- end }}
