"""Knell in the pods that Airflow makes: of the KubernetesExecutor, and of the KubernetesPodOperator.

Copy this file into the DAGs or plugins folder. Then, for one task of the KubernetesExecutor:

    from knell_pod import Knell

    @task(executor_config=Knell(config_map="knell-airflow").executor_config())

for one KubernetesPodOperator:

    KubernetesPodOperator(..., full_pod_spec=Knell(config_map="knell-export").pod())

and for every pod of either, in airflow_local_settings.py:

    from knell_pod import Knell

    def pod_mutation_hook(pod):
        Knell(config_map="knell-airflow").add_to(pod)

Use one of these, and none of them together with a pod template file that holds Knell: Airflow merges lists of containers
by their place, not by their name.
"""

from __future__ import annotations

from dataclasses import dataclass

from kubernetes.client import models as k8s

#: The name of Knell's container and of its volume.
NAME = "knell"


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

    def pod(self, base: str = "base") -> k8s.V1Pod:
        """What is merged into a pod, for `pod_override` and for the operator's `full_pod_spec`.

        Airflow's own container stands first: the merge goes by place, and would put Knell over it otherwise. So it also
        puts Knell over the second container of a pod template file that has one; use the hook there.
        """
        pod = k8s.V1Pod(metadata=k8s.V1ObjectMeta(), spec=k8s.V1PodSpec(containers=[k8s.V1Container(name=base)]))
        self.add_to(pod)
        return pod

    def executor_config(self) -> dict[str, k8s.V1Pod]:
        """The `executor_config` of a task of the KubernetesExecutor."""
        return {"pod_override": self.pod()}

    def add_to(self, pod: k8s.V1Pod) -> None:
        """Adds Knell behind the pod's containers, unless it is there already; for `pod_mutation_hook`."""
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
        spec.termination_grace_period_seconds = max(
            self.grace_period_seconds, spec.termination_grace_period_seconds or 30
        )
