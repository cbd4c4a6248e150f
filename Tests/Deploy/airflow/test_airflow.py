"""Knell in the pods that Airflow itself builds."""

from __future__ import annotations

import copy
import datetime
import json
import logging
import os
import pickle
import runpy
import shutil
import subprocess
import sys
import tempfile
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import airflow.settings
import checks
import pytest
import yaml
from airflow.providers.cncf.kubernetes.executors.kubernetes_executor_utils import KubernetesJobWatcher
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.pod_generator import PodGenerator
from airflow.serialization.serialized_objects import BaseSerialization
from knell_pod import EXECUTOR_LABEL, OPERATOR_LABEL, Knell, add_knell
from kube import DEPLOY, Object, Rendering, knell_container, run
from kube import knell as executable
from kubernetes.client import ApiClient
from kubernetes.client import models as k8s

CONFIGMAP = yaml.safe_load((DEPLOY / "airflow/knell-configmap.yaml").read_text())
EXPORT_CONFIGMAP = yaml.safe_load((DEPLOY / "airflow/knell-export-configmap.yaml").read_text())
TEMPLATE = str(DEPLOY / "airflow/pod_template.yaml")
KNELL = Knell(config_map="knell-airflow")
EXPORT = Knell(config_map="knell-export")
ARGUMENTS = ["python", "-m", "airflow.sdk.execution_time.execute_workload", "--json-string", "{}"]
TASK = {"dag_id": "nightly", "task_id": "report", "try_number": "1", "run_id": "manual"}


def base_pod(*further: k8s.V1Container, grace_period: int | None = 45) -> k8s.V1Pod:
    """A pod template as a deployment of Airflow has it; by default it gives the time that Knell needs."""
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
            termination_grace_period_seconds=grace_period,
            containers=[base, *further],
            volumes=[k8s.V1Volume(name="logs", empty_dir=k8s.V1EmptyDirVolumeSource())],
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


def use_hook(monkeypatch: pytest.MonkeyPatch, operator: Knell | None = None) -> list[k8s.V1Pod]:
    """Does what airflow_local_settings.py does, in the places where Airflow calls it; the pods that come there."""
    seen: list[k8s.V1Pod] = []

    def pod_mutation_hook(pod: k8s.V1Pod) -> None:
        seen.append(pod)
        add_knell(pod, executor=KNELL, operator=operator)

    monkeypatch.setattr(airflow.settings, "pod_mutation_hook", pod_mutation_hook)
    monkeypatch.setattr("airflow.providers.cncf.kubernetes.operators.pod.pod_mutation_hook", pod_mutation_hook)
    return seen


@pytest.fixture
def mutation_hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[k8s.V1Pod]]:
    yield use_hook(monkeypatch)


def names(pod: Object) -> list[str]:
    return [container["name"] for container in pod["spec"]["containers"]]


def check(pod: Object, knell: Knell = KNELL, *, restricted: bool = True) -> None:
    """The pod is as every manifest must be, and Airflow's own container stands first, as it was."""
    base = pod["spec"]["containers"][0]
    assert (base["name"], base["image"]) == ("base", "apache/airflow:3.3.2")
    assert base["args"] == (ARGUMENTS if knell is KNELL else ["--all"])
    assert "knell" not in [mount["name"] for mount in base.get("volumeMounts", [])]
    assert pod["spec"]["shareProcessNamespace"] is True
    assert len({volume["name"] for volume in pod["spec"]["volumes"]}) == len(pod["spec"]["volumes"])
    container = knell_container(pod["spec"])
    assert container == ApiClient().sanitize_for_serialization(knell.container())
    checks.check_restricted_by_itself(container)
    if restricted:
        checks.check_restricted(pod["spec"])
    for version in checks.SCHEMA_VERSIONS:
        checks.check_schema(pod, version)
    checks.check_models(pod)
    checks.check_configuration(Rendering("airflow", [CONFIGMAP, EXPORT_CONFIGMAP, pod]))
    check_life(pod)


def check_life(pod: Object) -> None:
    """By the configuration that the pod mounts, its program of an hour keeps the mesh to its end."""
    (volume,) = (volume for volume in pod["spec"]["volumes"] if volume["name"] == "knell")
    (configmap,) = (
        item for item in (CONFIGMAP, EXPORT_CONFIGMAP) if item["metadata"]["name"] == volume["configMap"]["name"]
    )
    base = pod["spec"]["containers"][0]
    command = [*base.get("command", []), *base["args"]]
    check_simulation(
        configmap, {"name": command[0], "commandLine": " ".join(command), "startsAt": "1m", "runsFor": "1h"}
    )


def check_simulation(configmap: Object, main: Object, fired: str = "1h1m5s", outcome: str = "succeeded") -> None:
    """`knell simulate` has the configuration quit Istio's proxy at this time, and exit with 0."""
    url = "http://127.0.0.1:15020/quitquitquit"
    scenario = {
        "version": 1,
        "processes": [main, {"name": "pilot-agent"}],
        "endpoints": [{"url": url, "servedBy": "pilot-agent", "stops": ["pilot-agent"]}],
        "expect": {
            "exitCode": 0,
            "events": [{"event": "rule.fired", "outcome": outcome, "at": fired}],
            "requests": [{"url": url, "count": 1}],
        },
    }
    with tempfile.TemporaryDirectory() as directory:
        file, scenario_file = Path(directory, "knell.yaml"), Path(directory, "scenario.yaml")
        file.write_text(configmap["data"]["knell.yaml"])
        scenario_file.write_text(yaml.safe_dump(scenario))
        run(executable(), "simulate", str(file), str(scenario_file))


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


def operator_pod(**arguments: Any) -> Object:
    """The pod of a KubernetesPodOperator, as it runs in a task."""
    operator = KubernetesPodOperator(
        task_id="export",
        name="export",
        namespace="airflow",
        image="apache/airflow:3.3.2",
        cmds=["export"],
        arguments=["--all"],
        **arguments,
    )
    instance = types.SimpleNamespace(dag_id="nightly", task_id="export", run_id="manual", map_index=-1, try_number=1)
    context: Any = {"ti": instance, "run_id": "manual", "dag": types.SimpleNamespace(parent_dag=None)}
    return ApiClient().sanitize_for_serialization(operator.build_pod_request_obj(context, dry_run=True))


def test_airflow_labels_the_pods_of_each_kind(mutation_hook: list[k8s.V1Pod]) -> None:
    """This is how the hook tells them apart; labels are there by the time that it is called."""
    executor_pod(base_pod(), None, hook=True)
    operator_pod()
    labels = [{key for key in (EXECUTOR_LABEL, OPERATOR_LABEL) if key in pod.metadata.labels} for pod in mutation_hook]
    assert labels == [{EXECUTOR_LABEL}, {OPERATOR_LABEL}]


def test_the_hook_leaves_the_pods_of_operators_alone(mutation_hook: list[k8s.V1Pod]) -> None:
    assert names(operator_pod()) == ["base"]
    assert "shareProcessNamespace" not in operator_pod()["spec"]


def test_the_hook_leaves_a_pod_alone_that_is_of_neither() -> None:
    for labels in (None, {}, {"app": "web"}, {EXECUTOR_LABEL: "False"}):
        pod = base_pod()
        pod.metadata.labels = labels
        before = copy.deepcopy(pod)
        add_knell(pod, executor=KNELL, operator=EXPORT)
        assert pod == before


def test_the_hook_gives_operators_a_configuration_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    use_hook(monkeypatch, operator=EXPORT)
    check(operator_pod(), EXPORT, restricted=False)
    check(executor_pod(base_pod(), None, hook=True))


def test_the_executors_configuration_would_end_the_helpers_of_an_operator() -> None:
    """Why the hook tells the pods apart: the mesh goes after `startTimeout`, and the program has three quarters to go."""
    pod = base_pod()
    pod.spec.containers[0].command, pod.spec.containers[0].args = ["export"], ["--all"]
    KNELL.add_to(pod)
    with pytest.raises(AssertionError, match="rule.fired outcome=succeeded at 1h1m5s, but there is .*at 15m"):
        check_life(ApiClient().sanitize_for_serialization(pod))


def test_the_operator_puts_knell_behind_the_main_container() -> None:
    pod = operator_pod(full_pod_spec=EXPORT.pod(set_grace_period=True))
    assert names(pod) == ["base", "knell"]
    check(pod, EXPORT, restricted=False)


def test_the_operator_takes_a_pod_template_file(tmp_path: Path) -> None:
    """The executor's, with the operator's ConfigMap."""
    template = tmp_path / "pod_template.yaml"
    template.write_text(Path(TEMPLATE).read_text().replace("name: knell-airflow", "name: knell-export"))
    pod = operator_pod(pod_template_file=str(template))
    assert names(pod) == ["base", "knell"]
    check(pod, EXPORT)


def test_the_main_container_of_the_operator_may_have_another_name() -> None:
    pod = operator_pod(full_pod_spec=EXPORT.pod(base="main"), base_container_name="main")
    assert names(pod) == ["main", "knell"]
    assert pod["spec"]["containers"][0]["args"] == ["--all"]


@pytest.mark.parametrize("configmap", [CONFIGMAP, EXPORT_CONFIGMAP], ids=["executor", "operator"])
def test_a_program_that_was_over_before_knell_looked_does_not_fail_the_pod(configmap: Object) -> None:
    """Airflow goes by the pod's phase, and that is Failed if any container exits with another code than 0."""
    check_simulation(configmap, {"name": "other", "runsFor": "1s"}, fired="15m", outcome="notStarted")


def test_the_executor_goes_by_the_phase_of_the_pod() -> None:
    """What the exit codes in the ConfigMap are about: `base` ended well, Knell did not, and the task counts as failed."""
    states = []
    watcher = types.SimpleNamespace(
        log=logging.getLogger(__name__),
        watcher_queue=types.SimpleNamespace(put=lambda result: states.append(result.state)),
    )

    def status(name: str, code: int) -> k8s.V1ContainerStatus:
        terminated = k8s.V1ContainerStateTerminated(exit_code=code)
        state = k8s.V1ContainerState(terminated=terminated)
        return k8s.V1ContainerStatus(name=name, state=state, image="", image_id="", ready=False, restart_count=0)

    pod = base_pod()
    pod.metadata.labels = {}
    for phase, code in (("Succeeded", 0), ("Failed", 3)):
        pod.status = k8s.V1PodStatus(phase=phase, container_statuses=[status("base", 0), status("knell", code)])
        event = {"type": "MODIFIED", "object": pod, "raw_object": {}}
        KubernetesJobWatcher.process_status(watcher, "pod", "airflow", phase, TASK, "1", event)
    assert [str(state) for state in states] == ["None", "failed"]


@pytest.mark.parametrize(("given", "expected"), [(None, 45), (0, 45), (30, 45), (45, 45), (600, 600)])
def test_the_hook_only_lengthens_the_grace_period(
    mutation_hook: list[k8s.V1Pod], given: int | None, expected: int
) -> None:
    pod = executor_pod(base_pod(grace_period=given), None, hook=True)
    assert pod["spec"]["terminationGracePeriodSeconds"] == expected


@pytest.mark.parametrize("given", [None, 30, 600])
def test_an_override_leaves_the_grace_period_to_the_template(given: int | None) -> None:
    pod = executor_pod(base_pod(grace_period=given), KNELL.executor_config()["pod_override"])
    assert pod["spec"].get("terminationGracePeriodSeconds") == given


def test_an_override_sets_the_grace_period_where_it_is_asked_to() -> None:
    config = KNELL.executor_config(set_grace_period=True)
    check(executor_pod(base_pod(grace_period=None), config["pod_override"]))
    # The limit that the README tells.
    pod = executor_pod(base_pod(grace_period=600), config["pod_override"])
    assert pod["spec"]["terminationGracePeriodSeconds"] == 45


@pytest.mark.parametrize("folder", ["plugins", "config"])
def test_airflow_starts_with_the_module_where_the_readme_puts_it(tmp_path: Path, folder: str) -> None:
    assert airflow_version(tmp_path, folder).returncode == 0
    assert (tmp_path / "called").read_text() == "base, knell"


def test_airflow_does_not_find_the_module_among_the_dags(tmp_path: Path) -> None:
    """Local settings are read before any DAG, and Airflow 3 has the DAGs' folder in no path by then."""
    if airflow.__version__.startswith("2."):
        pytest.skip("Airflow 2 finds it there")
    result = airflow_version(tmp_path, "dags")
    assert result.returncode != 0
    assert "No module named 'knell_pod'" in result.stderr


def airflow_version(home: Path, folder: str) -> subprocess.CompletedProcess[str]:
    """Runs `airflow version` with the module in this folder of AIRFLOW_HOME, and settings that call the hook."""
    for name in ("config", "plugins", "dags"):
        (home / name).mkdir()
    shutil.copy(DEPLOY / "airflow/knell_pod.py", home / folder)
    (home / "config/airflow_local_settings.py").write_text(LOCAL_SETTINGS.format(called=str(home / "called")))
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "AIRFLOW_HOME")}
    command = [str(Path(sys.executable).with_name("airflow")), "version"]
    environment |= {"AIRFLOW_HOME": str(home), "PATH": f"{Path(sys.executable).parent}:{environment['PATH']}"}
    return subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=180)


#: The hook of the module's own text, and a call of it that leaves a trace.
LOCAL_SETTINGS = """
from kubernetes.client import models as k8s

from knell_pod import Knell, add_knell

def pod_mutation_hook(pod):
    add_knell(pod, executor=Knell(config_map="knell-airflow"))

pod = k8s.V1Pod(
    metadata=k8s.V1ObjectMeta(labels={{"kubernetes_executor": "True"}}),
    spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="base")]),
)
pod_mutation_hook(pod)
with open("{called}", "w") as file:
    file.write(", ".join(container.name for container in pod.spec.containers))
"""


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
    """What `knell init` prints builds the pod that the module builds."""
    arguments = ("init", "--workload", "airflow", "--preset", "istio", "--name", "knell-airflow")
    source = run(executable(), *arguments, "--print", "pod-override").stdout
    (tmp_path / "knell_pod_override.py").write_text(source)
    module = runpy.run_path(str(tmp_path / "knell_pod_override.py"))
    theirs = executor_pod(base_pod(), module["executor_config"]["pod_override"])
    ours = executor_pod(base_pod(), KNELL.pod(set_grace_period=True))
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
