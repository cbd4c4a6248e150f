{{/*
Where each template belongs, called with the root context "." of the chart that uses this one:

  apiVersion, kind, …            {{ include "knell.configMap" . }}        a document of its own
  spec of the pod                {{ include "knell.pod" . }}              shareProcessNamespace
  initContainers, the last one   {{ include "knell.initContainer" . }}    where native is true, else nothing
  containers, the last one       {{ include "knell.container" . }}        where native is false, else nothing
  volumes                        {{ include "knell.volume" . }}
*/}}

{{- define "knell.configMapName" -}}
{{- with .Values.knell -}}
{{- if .existingConfigMap -}}
{{- .existingConfigMap -}}
{{- else -}}
{{- /* The name ends in a hash of the content: a changed configuration is another, immutable ConfigMap. */ -}}
{{- printf "%s-knell-%s" ($.Release.Name | trunc 40 | trimSuffix "-") (.configuration | sha256sum | trunc 8) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "knell.configMap" -}}
{{- with .Values.knell -}}
{{- if and .configuration .existingConfigMap -}}
{{- fail "knell: give either configuration or existingConfigMap, not both" -}}
{{- end -}}
{{- if and .enabled (not .configuration) (not .existingConfigMap) -}}
{{- fail "knell: give configuration, the text of knell.yaml, or existingConfigMap" -}}
{{- end -}}
{{- if and .enabled .configuration -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "knell.configMapName" $ }}
  labels:
    app.kubernetes.io/name: knell
    app.kubernetes.io/instance: {{ $.Release.Name }}
    app.kubernetes.io/managed-by: {{ $.Release.Service }}
  annotations:
    # Pods and Jobs that are there already name the ConfigMap of their time, and an upgrade would delete it.
    helm.sh/resource-policy: keep
immutable: true
data:
  knell.yaml: |
    {{- .configuration | trimSuffix "\n" | nindent 4 }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "knell.pod" -}}
{{- if .Values.knell.enabled -}}
shareProcessNamespace: true
{{- end -}}
{{- end -}}

{{- define "knell.container" -}}
{{- if and .Values.knell.enabled (not .Values.knell.native) -}}
{{- include "knell.anyContainer" . -}}
{{- end -}}
{{- end -}}

{{- define "knell.initContainer" -}}
{{- if and .Values.knell.enabled .Values.knell.native -}}
{{- include "knell.anyContainer" . -}}
{{- end -}}
{{- end -}}

{{- define "knell.anyContainer" -}}
{{- with .Values.knell -}}
- name: knell
  image: {{ printf "%s:%s" .image.repository (.image.tag | default $.Subcharts.knell.Chart.AppVersion) | quote }}
  {{- with .image.pullPolicy }}
  imagePullPolicy: {{ . }}
  {{- end }}
  {{- if .native }}
  restartPolicy: Always
  {{- end }}
  args:
    {{- concat (list "run") .extraArgs | toYaml | nindent 4 }}
  {{- with .resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: {{ .runAsUser | int64 }}
    runAsGroup: {{ .runAsGroup | int64 }}
    readOnlyRootFilesystem: true
    allowPrivilegeEscalation: false
    capabilities:
      drop: [ALL]
    seccompProfile:
      type: RuntimeDefault
  volumeMounts:
    - name: knell
      mountPath: /etc/knell
      readOnly: true
    {{- with .extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
{{- end -}}

{{- define "knell.volume" -}}
{{- if .Values.knell.enabled -}}
- name: knell
  configMap:
    name: {{ include "knell.configMapName" . }}
{{- end -}}
{{- end -}}
