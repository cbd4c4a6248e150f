"""Knell in the pods that Airflow itself builds."""

from __future__ import annotations

import copy
import datetime
import json
import pickle
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import airflow.settings
import checks
import pytest
import yaml
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.pod_generator import PodGenerator
from airflow.serialization.serialized_objects import BaseSerialization
from knell_pod import Knell
from kube import DEPLOY, Object, Rendering, knell_container, run
from kube import knell as executable
from kubernetes.client import ApiClient
from kubernetes.client import models as k8s

CONFIGMAP = yaml.safe_load((DEPLOY / "airflow/knell-configmap.yaml").read_text())
TEMPLATE = str(DEPLOY / "airflow/pod_template.yaml")
KNELL = Knell(config_map="knell-airflow")
ARGUMENTS = ["python", "-m", "airflow.sdk.execution_time.execute_workload", "--json-string", "{}"]


def base_pod(*further: k8s.V1Container, volumes: list[k8s.V1Volume] | None = None) -> k8s.V1Pod:
    """A pod template as a deployment of Airflow has it."""
    security = k8s.V1SecurityContext(allow_privilege_escalation=False, capabilities=k8s.V1Capabilities(drop=["ALL"]))
    base = k8s.V1Container(
        name="base",
        image="apache/airflow:3.3.2",
        security_context=security,
        volume_mounts=[k8s.V1VolumeMount(name="logs", mount_path="/opt/airflow/logs")],
    )
    return k8s.V1Pod(
        api_version="v1",
        kind="Pod",
        metadata=k8s.V1ObjectMeta(name="worker"),
        spec=k8s.V1PodSpec(
            restart_policy="Never",
            containers=[base, *further],
            volumes=[k8s.V1Volume(name="logs", empty_dir=k8s.V1EmptyDirVolumeSource()), *(volumes or [])],
            security_context=k8s.V1PodSecurityContext(
                run_as_non_root=True,
                run_as_user=50000,
                seccomp_profile=k8s.V1SeccompProfile(type="RuntimeDefault"),
            ),
        ),
    )


def executor_pod(template: k8s.V1Pod, override: k8s.V1Pod | None, *, hook: bool = False) -> Object:
    """The pod that the KubernetesExecutor sends to the API server."""
    pod = PodGenerator.construct_pod(
        dag_id="nightly",
        task_id="report",
        pod_id="nightly-report-x7k2p",
        try_number=1,
        kube_image="apache/airflow:3.3.2",
        date=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        args=ARGUMENTS,
        pod_override_object=override,
        base_worker_pod=template,
        namespace="airflow",
        scheduler_job_id="1",
        run_id="manual",
        with_mutation_hook=hook,
    )
    return ApiClient().sanitize_for_serialization(pod)


@pytest.fixture
def mutation_hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[k8s.V1Pod]]:
    """What airflow_local_settings.py does, in the place where Airflow calls it."""
    seen: list[k8s.V1Pod] = []

    def pod_mutation_hook(pod: k8s.V1Pod) -> None:
        seen.append(pod)
        KNELL.add_to(pod)

    monkeypatch.setattr(airflow.settings, "pod_mutation_hook", pod_mutation_hook)
    monkeypatch.setattr("airflow.providers.cncf.kubernetes.operators.pod.pod_mutation_hook", pod_mutation_hook)
    yield seen


def names(pod: Object) -> list[str]:
    return [container["name"] for container in pod["spec"]["containers"]]


def check(pod: Object, main_arguments: list[str] | None = None, *, restricted: bool = True) -> None:
    """The pod is as every manifest must be, and Airflow's own container stands first, as it was."""
    base = pod["spec"]["containers"][0]
    assert (base["name"], base["image"]) == ("base", "apache/airflow:3.3.2")
    assert base["args"] == (main_arguments or ARGUMENTS)
    assert "knell" not in [mount["name"] for mount in base.get("volumeMounts", [])]
    assert pod["spec"]["shareProcessNamespace"] is True
    assert len({volume["name"] for volume in pod["spec"]["volumes"]}) == len(pod["spec"]["volumes"])
    container = knell_container(pod["spec"])
    assert container == ApiClient().sanitize_for_serialization(KNELL.container())
    checks.check_restricted_by_itself(container)
    if restricted:
        checks.check_restricted(pod["spec"])
    for version in checks.SCHEMA_VERSIONS:
        checks.check_schema(pod, version)
    checks.check_models(pod)
    checks.check_configuration(Rendering("airflow", [CONFIGMAP, pod]))


def test_the_executor_puts_knell_behind_the_main_container() -> None:
    pod = executor_pod(base_pod(), PodGenerator.from_obj(KNELL.executor_config()))
    assert names(pod) == ["base", "knell"]
    check(pod)
    mounts = pod["spec"]["containers"][0]["volumeMounts"]
    assert mounts == [{"name": "logs", "mountPath": "/opt/airflow/logs"}]


def test_the_same_comes_of_reconciling_the_pods_alone() -> None:
    pod = PodGenerator.reconcile_pods(base_pod(), KNELL.pod())
    assert [container.name for container in pod.spec.containers] == ["base", "knell"]
    assert pod.spec.containers[0].image == "apache/airflow:3.3.2"


def test_the_executor_takes_the_pod_template_file() -> None:
    pod = executor_pod(PodGenerator.deserialize_model_file(TEMPLATE), None)
    assert names(pod) == ["base", "knell"]
    check(pod)


def test_the_hook_puts_knell_behind_all_containers(mutation_hook: list[k8s.V1Pod]) -> None:
    helper = k8s.V1Container(name="fluentd", image="fluentd:1")
    pod = executor_pod(base_pod(helper), None, hook=True)
    assert len(mutation_hook) == 1
    assert names(pod) == ["base", "fluentd", "knell"]
    check(pod, restricted=False)


@pytest.mark.parametrize("override", [None, KNELL.pod()], ids=["template", "template and hook"])
def test_the_hook_leaves_a_pod_alone_that_has_knell(mutation_hook: list[k8s.V1Pod], override: k8s.V1Pod | None) -> None:
    template = base_pod() if override else PodGenerator.deserialize_model_file(TEMPLATE)
    pod = executor_pod(template, override, hook=True)
    assert len(mutation_hook) == 1
    assert names(pod) == ["base", "knell"]
    check(pod)


def test_the_hook_serves_the_operator_too(mutation_hook: list[k8s.V1Pod]) -> None:
    check(operator_pod(), ["--all"], restricted=False)
    assert len(mutation_hook) == 1


def operator_pod(**arguments: Any) -> Object:
    """The pod of a KubernetesPodOperator."""
    operator = KubernetesPodOperator(
        task_id="export",
        name="export",
        namespace="airflow",
        image="apache/airflow:3.3.2",
        arguments=["--all"],
        **arguments,
    )
    return ApiClient().sanitize_for_serialization(operator.build_pod_request_obj(dry_run=True))


def test_the_operator_puts_knell_behind_the_main_container() -> None:
    pod = operator_pod(full_pod_spec=KNELL.pod())
    assert names(pod) == ["base", "knell"]
    check(pod, ["--all"], restricted=False)


def test_the_operator_takes_the_pod_template_file() -> None:
    pod = operator_pod(pod_template_file=TEMPLATE)
    assert names(pod) == ["base", "knell"]
    check(pod, ["--all"])


def test_the_main_container_of_the_operator_may_have_another_name() -> None:
    pod = operator_pod(full_pod_spec=KNELL.pod(base="main"), base_container_name="main")
    assert names(pod) == ["main", "knell"]
    assert pod["spec"]["containers"][0]["args"] == ["--all"]


def test_a_longer_grace_period_stays() -> None:
    pod = base_pod()
    pod.spec.termination_grace_period_seconds = 600
    KNELL.add_to(pod)
    assert pod.spec.termination_grace_period_seconds == 600


def test_the_user_can_be_airflows_own() -> None:
    security = Knell(config_map="knell-airflow", user=50000).container().security_context
    assert (security.run_as_user, security.run_as_group) == (50000, 50000)


def test_the_executor_config_can_be_pickled_and_serialized() -> None:
    """Airflow does either with it, on the way from the DAG to the scheduler."""
    config = KNELL.executor_config()
    assert pickle.loads(pickle.dumps(config))["pod_override"].to_dict() == config["pod_override"].to_dict()
    serialized = json.loads(json.dumps(BaseSerialization.serialize(config)))
    assert BaseSerialization.deserialize(serialized)["pod_override"].to_dict() == config["pod_override"].to_dict()


def test_module_and_template_make_the_same_container() -> None:
    template = yaml.safe_load(Path(TEMPLATE).read_text())
    assert [container["name"] for container in template["spec"]["containers"]] == ["base", "knell"]
    assert knell_container(template["spec"]) == ApiClient().sanitize_for_serialization(KNELL.container())


def test_the_configuration_is_that_of_init() -> None:
    arguments = ("init", "--workload", "airflow", "--preset", "istio", "--print", "configuration")
    initial = run(executable(), *arguments).stdout
    assert checks.explanation(CONFIGMAP["data"]["knell.yaml"]) == checks.explanation(initial)


def test_the_override_of_init_does_the_same(tmp_path: Path) -> None:
    """What `knell init` prints builds the pod that the module builds, but for the resources."""
    arguments = ("init", "--workload", "airflow", "--preset", "istio", "--name", "knell-airflow")
    source = run(executable(), *arguments, "--print", "pod-override").stdout
    (tmp_path / "knell_pod_override.py").write_text(source)
    module = runpy.run_path(str(tmp_path / "knell_pod_override.py"))
    theirs = executor_pod(base_pod(), module["executor_config"]["pod_override"])
    ours = executor_pod(base_pod(), KNELL.pod())
    del knell_container(ours["spec"])["resources"]
    assert theirs == ours


# The limits that the README tells, and that the checks above would find them.


def test_an_override_goes_over_a_second_container_of_the_template() -> None:
    """Airflow merges by place: the helper is gone. This is why the README says to use the hook there."""
    pod = executor_pod(base_pod(k8s.V1Container(name="fluentd", image="fluentd:1")), KNELL.pod())
    assert names(pod) == ["base", "knell"]


def test_a_template_and_an_override_make_a_pod_that_kubernetes_refuses() -> None:
    pod = executor_pod(PodGenerator.deserialize_model_file(TEMPLATE), KNELL.pod())
    assert [volume["name"] for volume in pod["spec"]["volumes"]] == ["knell", "knell"]
    with pytest.raises((AssertionError, ValueError)):
        check(pod)


def test_an_override_that_begins_with_knell_is_found() -> None:
    override = copy.deepcopy(KNELL.pod())
    override.spec.containers.reverse()
    with pytest.raises(AssertionError):
        check(executor_pod(base_pod(), override))
