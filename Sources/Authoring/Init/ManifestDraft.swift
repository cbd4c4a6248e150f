/// Kubernetes manifests around a configuration.
struct ManifestDraft: Sendable {
    let answers: InitAnswers
    let needs: PodNeeds
    /// What the configuration asks for at least.
    let leastGracePeriodSeconds: Int64

    /// What the manifest gives: some room, in steps of five.
    var gracePeriodSeconds: Int64 { (leastGracePeriodSeconds + 4) / 5 * 5 }

    /// The ConfigMap that holds the configuration.
    func configMap(of configuration: String) -> String {
        let lines =
            [
                "# Knell's container mounts it at /etc/knell. The text below is the configuration as it is in knell.yaml.",
                "apiVersion: v1", "kind: ConfigMap",
            ] + metadata(name: answers.name) + ["data:", "  knell.yaml: |"]
            + configuration.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { "    " + $0 }
        return text(lines)
    }

    /// A complete example of the workload; `nil` for Airflow, which makes its pods itself.
    var workload: String? {
        switch answers.workload {
        case .job:
            text(
                head("A Job") + ["apiVersion: batch/v1", "kind: Job"] + metadata(name: "example")
                    + ["spec:"] + indented(jobSpec, by: 2))
        case .cronjob:
            text(
                head("A CronJob") + ["apiVersion: batch/v1", "kind: CronJob"] + metadata(name: "example")
                    + [
                        "spec:", "  schedule: '0 3 * * *'",
                        "  # Two runs at once are two pods, each with a Knell of its own.",
                        "  concurrencyPolicy: Forbid", "  jobTemplate:", "    spec:",
                    ] + indented(jobSpec, by: 6))
        case .deployment:
            text(
                head("A Deployment") + ["apiVersion: apps/v1", "kind: Deployment"] + metadata(name: "example")
                    + [
                        "spec:", "  replicas: 1", "  selector:", "    matchLabels: {app: example}", "  template:",
                        "    metadata:",
                        "      labels: {app: example}",
                    ] + indented(annotations, by: 6) + ["    spec:"] + indented(podSpec, by: 6))
        case .airflow, nil: nil
        }
    }

    private func head(_ what: String) -> [String] {
        [
            "# \(what) with Knell beside its main container. Yours is \"main\": put your own name, image and arguments there.",
            "# Helpers that are not injected stand beside it, as you have them.",
        ]
    }

    private func metadata(name: String) -> [String] {
        ["metadata:", "  name: \(YAMLText.scalar(name))"]
            + (answers.namespace.map { ["  namespace: \(YAMLText.scalar($0))"] } ?? [])
    }

    private var jobSpec: [String] {
        let metadata = annotations.isEmpty ? [] : ["  metadata:"] + indented(annotations, by: 4)
        return ["backoffLimit: 0", "template:"] + metadata + ["  spec:", "    restartPolicy: Never"]
            + indented(podSpec, by: 4)
    }

    private var annotations: [String] {
        guard !needs.annotations.isEmpty else { return [] }
        return ["annotations:"] + needs.annotations.map { "  \($0.key): '\($0.value)'" }
    }

    private var podSpec: [String] {
        [
            "# Without this Knell sees no process but its own.",
            "shareProcessNamespace: true",
            "# At least \(leastGracePeriodSeconds): terminationTimeout, and the longest time of the actions.",
            "terminationGracePeriodSeconds: \(gracePeriodSeconds)",
            "containers:",
            "  - name: main  # <- your own container",
            "    image: registry.example.com/your-image:1",
            "  - name: knell",
            "    image: \(YAMLText.scalar(answers.image))  # `make image` builds it; push it to a registry of yours",
            "    args: [run]",
            "    resources:",
            "      requests:",
            "        cpu: 1m",
            "        memory: 4Mi",
            "      limits:",
            "        memory: 32Mi",
            "    volumeMounts:",
            "      - name: knell",
            "        mountPath: /etc/knell",
            "        readOnly: true",
        ]
            + needs.mounts.flatMap {
                [
                    "      # The product's own volume; its injector adds it to the pod.", "      - name: \($0.volume)",
                    "        mountPath: \($0.path)",
                ]
            } + [
                "    securityContext:",
                "      runAsNonRoot: true",
            ] + needs.userRemarks.map { "      # \($0)" } + [
                "      runAsUser: \(needs.userID)",
                "      runAsGroup: \(needs.userID)",
                "      readOnlyRootFilesystem: true",
                "      allowPrivilegeEscalation: false",
                "      capabilities:",
                "        drop: [ALL]",
                "      seccompProfile:",
                "        type: RuntimeDefault",
                "volumes:",
                "  - name: knell",
                "    configMap:",
                "      name: \(YAMLText.scalar(answers.name))",
            ]
    }

    // MARK: Airflow

    /// A `pod_override` in Python.
    var podOverride: String {
        let annotations = needs.annotations.map { "\"\($0.key)\": \"\($0.value)\"" }.joined(separator: ", ")
        let metadata = annotations.isEmpty ? [] : ["        metadata=k8s.V1ObjectMeta(annotations={\(annotations)}),"]
        let mounts = needs.mounts.map {
            "                        k8s.V1VolumeMount(name=\"\($0.volume)\", mount_path=\"\($0.path)\"),"
        }
        let remarks = needs.userRemarks.map { "                        # \($0)" }
        let lines =
            [
                "# executor_config of a task under Airflow's KubernetesExecutor: Knell beside the container \"base\".",
                "#",
                "#     @task(executor_config=executor_config)",
                "from kubernetes.client import models as k8s",
                "",
                "executor_config = {",
                "    \"pod_override\": k8s.V1Pod(",
            ] + metadata + [
                "        spec=k8s.V1PodSpec(",
                "            # Without this Knell sees no process but its own.",
                "            share_process_namespace=True,",
                "            # At least \(leastGracePeriodSeconds): terminationTimeout, and the longest time of the actions. It takes the",
                "            # place of the pod template's, so leave it out where that is longer.",
                "            termination_grace_period_seconds=\(gracePeriodSeconds),",
                "            containers=[",
                "                # Airflow's own container. It must stay the first, or the override replaces the wrong one.",
                "                k8s.V1Container(name=\"base\"),",
                "                k8s.V1Container(",
                "                    name=\"knell\",",
                "                    image=\"\(answers.image)\",  # `make image` builds it; push it to a registry of yours",
                "                    args=[\"run\"],",
                "                    resources=k8s.V1ResourceRequirements(",
                "                        requests={\"cpu\": \"1m\", \"memory\": \"4Mi\"},",
                "                        limits={\"memory\": \"32Mi\"},",
                "                    ),",
                "                    volume_mounts=[",
                "                        k8s.V1VolumeMount(name=\"knell\", mount_path=\"/etc/knell\", read_only=True),",
            ] + mounts + [
                "                    ],",
                "                    security_context=k8s.V1SecurityContext(",
                "                        run_as_non_root=True,",
            ] + remarks + [
                "                        run_as_user=\(needs.userID),",
                "                        run_as_group=\(needs.userID),",
                "                        read_only_root_filesystem=True,",
                "                        allow_privilege_escalation=False,",
                "                        capabilities=k8s.V1Capabilities(drop=[\"ALL\"]),",
                "                        seccomp_profile=k8s.V1SeccompProfile(type=\"RuntimeDefault\"),",
                "                    ),",
                "                ),",
                "            ],",
                "            volumes=[",
                "                k8s.V1Volume(name=\"knell\", config_map=k8s.V1ConfigMapVolumeSource(name=\"\(answers.name)\")),",
                "            ],",
                "        ),",
                "    ),",
                "}",
            ]
        return text(lines)
    }

    private func indented(_ lines: [String], by count: Int) -> [String] {
        lines.map { String(repeating: " ", count: count) + $0 }
    }

    private func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
}
