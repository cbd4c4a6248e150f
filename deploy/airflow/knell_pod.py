"""Knell in the pods that Airflow makes: of the KubernetesExecutor, and of the KubernetesPodOperator.

Copy this file into $AIRFLOW_HOME/plugins: DAGs and airflow_local_settings.py find it there, in Airflow 2 and 3. Then, for
one task of the KubernetesExecutor:

    from knell_pod import Knell

    @task(executor_config=Knell(config_map="knell-airflow").executor_config())

for one KubernetesPodOperator:

    KubernetesPodOperator(..., full_pod_spec=Knell(config_map="knell-export").pod())

and for every pod of the executor, in airflow_local_settings.py:

    from knell_pod import Knell, add_knell

    def pod_mutation_hook(pod):
        add_knell(pod, executor=Knell(config_map="knell-airflow"))

Use one of these, and none of them together with a pod template file that holds Knell: Airflow merges lists of containers
by their place, not by their name.
"""

from __future__ import annotations

from dataclasses import dataclass

from kubernetes.client import models as k8s

#: The name of Knell's container and of its volume.
NAME = "knell"
#: What Airflow writes on the pods of the KubernetesExecutor, and on those of a KubernetesPodOperator, as "True".
EXECUTOR_LABEL = "kubernetes_executor"
OPERATOR_LABEL = "kubernetes_pod_operator"


@dataclass(frozen=True)
class Knell:
    """Which Knell a pod gets."""

    #: The ConfigMap with the key knell.yaml, in the namespace of the pods.
    config_map: str
    #: Knell's own image.
    image: str = "registry.example.com/knell:0.1.0"
    #: The user: 50000, Airflow's own, where Knell is to signal its processes or to match by `executable`.
    user: int = 65532
    #: What `knell explain` says that the pod needs at least; a pod that gives more keeps that.
    grace_period_seconds: int = 45

    def container(self) -> k8s.V1Container:
        """The container, which needs no right and fits the Pod Security standard "restricted"."""
        return k8s.V1Container(
            name=NAME,
            image=self.image,
            args=["run"],
            resources=k8s.V1ResourceRequirements(
                requests={"cpu": "1m", "memory": "4Mi"},
                limits={"memory": "32Mi"},
            ),
            security_context=k8s.V1SecurityContext(
                run_as_non_root=True,
                run_as_user=self.user,
                run_as_group=self.user,
                read_only_root_filesystem=True,
                allow_privilege_escalation=False,
                capabilities=k8s.V1Capabilities(drop=["ALL"]),
                seccomp_profile=k8s.V1SeccompProfile(type="RuntimeDefault"),
            ),
            volume_mounts=[k8s.V1VolumeMount(name=NAME, mount_path="/etc/knell", read_only=True)],
        )

    def volume(self) -> k8s.V1Volume:
        """The volume that the container reads its configuration from."""
        return k8s.V1Volume(name=NAME, config_map=k8s.V1ConfigMapVolumeSource(name=self.config_map))

    def pod(self, base: str = "base", *, set_grace_period: bool = False) -> k8s.V1Pod:
        """What is merged into a pod, for `pod_override` and for the operator's `full_pod_spec`.

        Airflow's own container stands first: the merge goes by place, and would put Knell over it otherwise. So it also
        puts Knell over the second container of a pod template file that has one; use the hook there.

        What is merged wins over the template, so a grace period in it would also shorten a longer one, and there is none
        unless `set_grace_period` asks for it: where the template says nothing, and Kubernetes would give 30 s.
        """
        spec = k8s.V1PodSpec(containers=[k8s.V1Container(name=base)])
        pod = k8s.V1Pod(metadata=k8s.V1ObjectMeta(), spec=spec)
        self.add_to(pod)
        if not set_grace_period:
            spec.termination_grace_period_seconds = None
        return pod

    def executor_config(self, *, set_grace_period: bool = False) -> dict[str, k8s.V1Pod]:
        """The `executor_config` of a task of the KubernetesExecutor; `pod` says what the grace period is about."""
        return {"pod_override": self.pod(set_grace_period=set_grace_period)}

    def add_to(self, pod: k8s.V1Pod) -> None:
        """Adds Knell behind the pod's containers, unless it is there already; the grace period only becomes longer."""
        spec = pod.spec
        if any(container.name == NAME for container in [*spec.containers, *(spec.init_containers or [])]):
            return
        spec.containers = [*spec.containers, self.container()]
        # A volume of that name is the pod's own way to the configuration, and stays.
        if not any(volume.name == NAME for volume in spec.volumes or []):
            spec.volumes = [*(spec.volumes or []), self.volume()]
        # Without this Knell sees no process but its own.
        spec.share_process_namespace = True
        # 30 is what Kubernetes gives a pod that says nothing.
        given = 30 if spec.termination_grace_period_seconds is None else spec.termination_grace_period_seconds
        spec.termination_grace_period_seconds = max(self.grace_period_seconds, given)


def add_knell(pod: k8s.V1Pod, *, executor: Knell | None = None, operator: Knell | None = None) -> None:
    """Adds Knell to a pod of the executor or of an operator, told apart by Airflow's label; for `pod_mutation_hook`.

    The two need different configurations: the pods of the executor run Airflow, those of an operator run a program of
    yours. By the executor's, an operator's program would never be seen, and would lose its helpers at `startTimeout`. A pod
    for which there is no Knell here, and one that is of neither, stay as they are.
    """
    labels = (pod.metadata and pod.metadata.labels) or {}
    for label, knell in ((EXECUTOR_LABEL, executor), (OPERATOR_LABEL, operator)):
        if knell is not None and labels.get(label) == "True":
            knell.add_to(pod)
