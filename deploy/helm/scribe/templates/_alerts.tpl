{{- /* One rule as `prometheusRule` wants it, as an item of a list, or nothing; (list root rule). */}}
{{- define "scribe.rule" -}}
{{- $values := (index . 0).Values.prometheusRule }}
{{- $rule := deepCopy (index . 1) }}
{{- $own := get $values.alerts ($rule.alert | default "") | default dict }}
{{- if $rule.alert }}
{{- $labels := mergeOverwrite $rule.labels $values.alertLabels ($own.labels | default dict) }}
{{- with $own.severity }}{{ $_ := set $labels "severity" . }}{{ end }}
{{- with $own.for }}{{ $_ := set $rule "for" . }}{{ end }}
{{- with $values.runbookBaseUrl }}{{ $_ := set $rule.annotations "runbook_url" (printf "%s/%s" (trimSuffix "/" .) $rule.annotations.runbook_url) }}{{ end }}
{{- if hasKey $own "threshold" }}
{{- $old := $rule.annotations.threshold }}
{{- $new := printf "%s %s" (splitList " " $old | first) (toJson $own.threshold) }}
{{- $_ := set $rule "expr" (replace (printf ") %s" $old) (printf ") %s" $new) $rule.expr) }}
{{- $_ := set $rule.annotations "threshold" $new }}
{{- end }}
{{- end }}
{{- if not (and (hasKey $own "enabled") (not $own.enabled)) }}
{{- toYaml (list $rule) }}
{{- end }}
{{- end }}

{{- /* Every alert that the values name is there, and has a threshold where it is given one. */}}
{{- define "scribe.validateAlerts" -}}
{{- $known := dict }}
{{- range $path, $_ := .Files.Glob "files/alerts/*.yaml" }}
{{- range ($.Files.Get $path | fromYaml).groups }}
{{- range .rules }}{{ if .alert }}{{ $_ := set $known .alert (hasKey .annotations "threshold") }}{{ end }}{{ end }}
{{- end }}
{{- end }}
{{- range $name, $own := .Values.prometheusRule.alerts }}
{{- if not (hasKey $known $name) }}{{ fail (printf "prometheusRule.alerts.%s: there is no such alert; the nearest is %s" $name (include "scribe.nearest" (list $name (keys $known | sortAlpha)))) }}{{ end }}
{{- if and (hasKey $own "threshold") (not (get $known $name)) }}{{ fail (printf "prometheusRule.alerts.%s has no threshold: it follows from an objective" $name) }}{{ end }}
{{- end }}
{{- end }}
