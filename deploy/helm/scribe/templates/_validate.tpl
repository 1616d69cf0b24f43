{{- /* Combinations that the schema cannot see. Each message says what to do. */}}
{{- define "scribe.validate" -}}
{{- if not .Values.nats.url }}{{ fail "nats.url is missing: set it to the URLs of your NATS servers, such as nats://nats.nats:4222" }}{{ end }}
{{- if not .Values.supabase.url }}{{ fail "supabase.url is missing: set it to the URL of the project that issues your users' tokens" }}{{ end }}
{{- if not (regexMatch "^[a-z]" (include "scribe.fullname" .)) }}{{ fail (printf "the name %s of the Service must begin with a letter: set fullnameOverride" (include "scribe.fullname" .)) }}{{ end }}
{{- include "scribe.validateSecrets" . }}
{{- include "scribe.validateConfig" . }}
{{- range $name, $_ := .Values.services }}
{{- include "scribe.validateService" (list $ $name (include "scribe.service" (list $ $name) | fromYaml)) }}
{{- end }}
{{- include "scribe.validateNames" (list "migrations" (include "scribe.setupEnv" (list . (include "scribe.setup" . | fromYaml)))) }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}{{ fail "ingress.enabled needs ingress.hosts" }}{{ end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}{{ fail "httpRoute.enabled needs httpRoute.parentRefs: the Gateways that it attaches to" }}{{ end }}
{{- if and .Values.networkPolicy.enabled (not .Values.networkPolicy.databaseTo) }}{{ fail "networkPolicy.databaseTo is missing: set it to where your PostgreSQL is, such as [{ipBlock: {cidr: 203.0.113.7/32}}]; nothing else is let out to its ports" }}{{ end }}
{{- $noTelemetry := and .Values.networkPolicy.enabled (not .Values.networkPolicy.telemetryTo) }}
{{- if and $noTelemetry (hasPrefix "http://" (tpl .Values.telemetry.endpoint .)) }}{{ fail "telemetry.endpoint needs networkPolicy.telemetryTo : the policies let no trace out to the collector" }}{{ end }}
{{- if and .Values.podMonitor.enabled .Values.serviceMonitor.enabled }}{{ fail "enable podMonitor or serviceMonitor, not both: every sample would be there twice" }}{{ end }}
{{- if and .Values.test.tokenUrl .Values.test.tokenSecret.name }}{{ fail "set test.tokenUrl or test.tokenSecret, not both" }}{{ end }}
{{- end }}

{{- define "scribe.validateSecrets" -}}
{{- $secrets := .Values.secrets }}
{{- if and $secrets.existingSecret $secrets.values }}{{ fail "set secrets.existingSecret or secrets.values, not both: the chart leaves an existing Secret alone" }}{{ end }}
{{- range $key := include "scribe.requiredKeys" . | fromJsonArray }}
{{- if and (has $key (include "scribe.secretKeys" $ | fromJsonArray)) (not (or $secrets.existingSecret (hasKey $secrets.values $key) (hasKey $secrets.from $key))) }}
{{- fail (printf "the database is missing: name a Secret with the key %s in secrets.existingSecret, or another one in secrets.from" $key) }}
{{- end }}
{{- end }}
{{- if and (eq .Values.migrations.mode "hook") $secrets.values }}
{{- fail "migrations.mode hook runs before the chart's own Secret is there: use secrets.existingSecret, or mode job" }}
{{- end }}
{{- $seen := include "scribe.secretKeys" . | fromJsonArray }}
{{- range $key, $_ := merge (deepCopy $secrets.values) $secrets.from }}
{{- if not (has $key $seen) }}{{ fail (printf "secrets: nothing sees %s; add it to the secretKeys of the services that are to" $key) }}{{ end }}
{{- end }}
{{- end }}

{{- /* Every key of the Secret that something sees, as JSON. */}}
{{- define "scribe.secretKeys" -}}
{{- $seen := .Values.migrations.secretKeys }}
{{- range $name, $_ := .Values.services }}
{{- $seen = concat $seen (include "scribe.service" (list $ $name) | fromYaml).secretKeys }}
{{- end }}
{{- toJson $seen }}
{{- end }}

{{- /* A variable of Scribe's that nothing reads, and the one that was meant; (list where name). */}}
{{- define "scribe.validateVariable" -}}
{{- $root := index . 0 }}
{{- $name := index . 2 }}
{{- $known := $root.Files.Get "files/settings.txt" | trim | splitList "\n" }}
{{- if and (hasPrefix "SCRIBE_" $name) (not (has $name $known)) }}
{{- fail (printf "%s.%s: there is no such setting; the nearest is %s (docs/reference/settings.md lists them)" (index . 1) $name (include "scribe.nearest" (list $name $known))) }}
{{- end }}
{{- end }}

{{- /* Of some names the one that shares most runs of three letters with a name, in proportion to its length; (list name names). */}}
{{- define "scribe.nearest" -}}
{{- $name := index . 0 }}
{{- $best := "" }}
{{- $most := -1.0 }}
{{- range $other := index . 1 }}
{{- $shared := 0 }}
{{- range $start := untilStep 6 (sub (len $name) 2 | int) 1 }}
{{- if contains (substr $start (int (add $start 3)) $name) $other }}{{ $shared = add1 $shared }}{{ end }}
{{- end }}
{{- $score := divf $shared (add (len $name) (len $other)) }}
{{- if gt $score $most }}{{ $best = $other }}{{ $most = $score }}{{ end }}
{{- end }}
{{- $best }}
{{- end }}

{{- define "scribe.validateConfig" -}}
{{- $shared := include "scribe.sharedVariables" . | fromYaml }}
{{- $secret := include "scribe.secretKeys" . | fromJsonArray }}
{{- range $key, $_ := .Values.config }}
{{- include "scribe.validateVariable" (list $ "config" $key) }}
{{- if hasKey $shared $key }}{{ fail (printf "%s follows from the chart's own values: set those instead of config.%s" $key $key) }}{{ end }}
{{- if or (has $key $secret) (hasKey $.Values.secrets.from $key) }}{{ fail (printf "config.%s is a secret: put it into the Secret" $key) }}{{ end }}
{{- end }}
{{- end }}

{{- define "scribe.validateService" -}}
{{- $root := index . 0 }}
{{- $name := index . 1 }}
{{- $service := index . 2 }}
{{- $scaling := $service.autoscaling }}
{{- if and (eq $scaling.type "keda") (eq $name "gateway") }}{{ fail "services.gateway.autoscaling.type cannot be keda: requests have no lag; use hpa" }}{{ end }}
{{- if and (eq $scaling.type "keda") (not $root.Values.nats.monitoring) }}{{ fail (printf "services.%s.autoscaling.type keda needs nats.monitoring, such as nats-headless.nats.svc:8222" $name) }}{{ end }}
{{- if and (eq $scaling.type "hpa") (lt (int $scaling.minReplicas) 1) }}{{ fail (printf "services.%s.autoscaling.minReplicas 0 needs type keda: an HPA cannot wake a service that has no pod" $name) }}{{ end }}
{{- if gt (int $scaling.minReplicas) (int $scaling.maxReplicas) }}{{ fail (printf "services.%s.autoscaling.minReplicas is greater than maxReplicas" $name) }}{{ end }}
{{- $own := include "scribe.ownVariables" . | fromYaml }}
{{- range $key, $_ := merge (deepCopy $service.env) $root.Values.config }}
{{- if hasKey $own $key }}{{ fail (printf "%s follows from the chart's own values: set those instead of the variable (services.%s)" $key $name) }}{{ end }}
{{- end }}
{{- if and (eq $scaling.type "hpa") (not (or $scaling.cpu $scaling.memory)) }}{{ fail (printf "services.%s.autoscaling.type hpa needs cpu or memory above 0" $name) }}{{ end }}
{{- range $service.extraEnv }}{{ include "scribe.validateVariable" (list $root (printf "services.%s.extraEnv" $name) .name) }}{{ end }}
{{- range $key, $_ := $service.env }}
{{- include "scribe.validateVariable" (list $root (printf "services.%s.env" $name) $key) }}
{{- if or (has $key $service.secretKeys) (hasKey $root.Values.secrets.from $key) }}{{ fail (printf "services.%s.env.%s is a secret: put it into the Secret" $name $key) }}{{ end }}
{{- end }}
{{- include "scribe.validateNames" (list (printf "services.%s" $name) (include "scribe.env" .)) }}
{{- end }}

{{- /* No variable twice, which Kubernetes would refuse or settle by order; (list where variables). */}}
{{- define "scribe.validateNames" -}}
{{- $names := list }}
{{- range $variable := index . 1 | fromYamlArray }}
{{- if has $variable.name $names }}{{ fail (printf "%s: the chart sets %s already: leave it out of extraEnv" (index $ 0) $variable.name) }}{{ end }}
{{- $names = append $names $variable.name }}
{{- end }}
{{- end }}
