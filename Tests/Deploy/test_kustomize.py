"""The Kustomize components, on workloads of every shape."""

from __future__ import annotations

import shutil
from pathlib import Path

import checks
import pytest
import yaml
from kube import DEPLOY, RELEASES, Object, Rendering, kustomize, pod_template, run, tool

COMPONENTS = pytest.mark.parametrize("component", ["component", "native"])
RELEASE = pytest.mark.parametrize("release", RELEASES)
#: Knell's container, whatever the kind and the variant, but for its image.
CONTAINER = yaml.safe_load((DEPLOY / "kustomize/component/job-container.yaml").read_text())[0]["value"]
del CONTAINER["image"]
CONFIGURATION = (DEPLOY / "kustomize/examples/job/knell.yaml").read_text()

MAIN: Object = {"name": "main", "image": "main:1", "args": ["--all"], "env": [{"name": "A", "value": "1"}]}
HELPER: Object = {"name": "helper", "image": "helper:1", "volumeMounts": [{"name": "work", "mountPath": "/work"}]}
MIGRATE: Object = {"name": "migrate", "image": "main:1", "args": ["migrate"]}
SIDECAR: Object = {"name": "mesh", "image": "mesh:1", "restartPolicy": "Always"}
WORK: Object = {"name": "work", "emptyDir": {}}
PODS: dict[str, Object] = {
    "one container": {"containers": [MAIN]},
    "two containers": {"containers": [MAIN, HELPER], "volumes": [WORK]},
    "init container": {"initContainers": [MIGRATE], "containers": [MAIN]},
    "native sidecar": {"initContainers": [MIGRATE, SIDECAR], "containers": [MAIN, HELPER], "volumes": [WORK]},
    "own settings": {
        "containers": [MAIN],
        "shareProcessNamespace": False,
        "terminationGracePeriodSeconds": 600,
        "securityContext": {"runAsUser": 10001},
    },
}
SHAPES = pytest.mark.parametrize("pod", PODS.values(), ids=PODS.keys())


def workload(kind: str, pod: Object, name: str = "nightly", labels: dict[str, str] | None = None) -> Object:
    """A Job or a CronJob of this pod."""
    job = {"template": {"spec": {"restartPolicy": "Never", **pod}}}
    spec = job if kind == "Job" else {"schedule": "0 3 * * *", "jobTemplate": {"spec": job}}
    metadata = {"name": name, **({"labels": labels} if labels else {})}
    return {"apiVersion": "batch/v1", "kind": kind, "metadata": metadata, "spec": spec}


def overlay(directory: Path, component: str, *workloads: Object, configured: bool = True) -> Path:
    """An overlay beside copies of the components, as a user has it."""
    shutil.copytree(DEPLOY / "kustomize", directory / "kustomize", dirs_exist_ok=True)
    place = directory / "overlay"
    place.mkdir()
    (place / "workloads.yaml").write_text(yaml.safe_dump_all(workloads))
    (place / "knell.yaml").write_text(CONFIGURATION)
    kustomization: Object = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": ["workloads.yaml"],
        "components": [f"../kustomize/{component}"],
        "images": [{"name": "registry.example.com/knell", "newName": "mirror.test/knell", "newTag": "9.9.9"}],
    }
    if configured:
        kustomization["configMapGenerator"] = [{"name": "knell", "files": ["knell.yaml"]}]
    (place / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
    return place


def workloads_of(objects: list[Object]) -> dict[str, Object]:
    return {item["metadata"]["name"]: item for item in objects if item["kind"] != "ConfigMap"}


def spec_of(item: Object) -> Object:
    template = pod_template(item)
    assert template is not None
    return template["spec"]


@RELEASE
@COMPONENTS
@SHAPES
@pytest.mark.parametrize("kind", ["Job", "CronJob"])
def test_knell_is_added_and_all_else_stays(
    tmp_path: Path, kind: str, pod: Object, component: str, release: str
) -> None:
    before = workload(kind, pod)
    objects = kustomize(overlay(tmp_path, component, before), release)
    after = workloads_of(objects)["nightly"]
    for item in objects:
        checks.check_schema(item, "1.37")
    checks.check_configuration(Rendering("overlay", objects))

    spec = spec_of(after)
    added_to, other = ("containers", "initContainers") if component == "component" else ("initContainers", "containers")
    *own, knell = spec[added_to]
    # The user's containers keep their order and stand before Knell.
    assert own == pod.get(added_to, [])
    assert spec.get(other, []) == pod.get(other, [])
    assert knell["name"] == "knell"
    checks.check_restricted_by_itself(knell)
    assert knell.pop("image") == "mirror.test/knell:9.9.9"
    assert knell.pop("restartPolicy", None) == (None if component == "component" else "Always")
    assert knell == CONTAINER
    assert spec["shareProcessNamespace"] is True
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    assert volumes.pop("knell")["configMap"]["name"].startswith("knell-")
    assert list(volumes.values()) == pod.get("volumes", [])

    # Without what was added it is what it was.
    expected = spec_of(before)
    for key in ("containers", "initContainers", "volumes", "shareProcessNamespace"):
        spec.pop(key, None)
        expected.pop(key, None)
    assert after == before


@COMPONENTS
def test_every_workload_gets_it_but_those_that_refuse(tmp_path: Path, component: str) -> None:
    refuses = {"knell.dev/inject": "false"}
    pod = PODS["one container"]
    items = [
        workload("Job", pod, "first"),
        workload("CronJob", pod, "second"),
        workload("Job", pod, "third", refuses),
        workload("CronJob", pod, "fourth", refuses),
        workload("Job", pod, "fifth", {"knell.dev/inject": "knell"}),
    ]
    after = workloads_of(kustomize(overlay(tmp_path, component, *items)))
    shared = {name: spec_of(item).get("shareProcessNamespace", False) for name, item in after.items()}
    assert shared == {"first": True, "second": True, "third": False, "fourth": False, "fifth": True}
    assert after["third"] == items[2] and after["fourth"] == items[3]


def test_a_deployment_is_left_alone(tmp_path: Path) -> None:
    deployment: Object = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"spec": {"containers": [MAIN]}}},
    }
    assert workloads_of(kustomize(overlay(tmp_path, "component", deployment)))["web"] == deployment


@COMPONENTS
def test_the_configmap_is_immutable_and_named_by_its_content(tmp_path: Path, component: str) -> None:
    place = overlay(tmp_path, component, workload("Job", PODS["one container"]))
    names = []
    for text in (CONFIGURATION, CONFIGURATION.replace("10m", "20m")):
        (place / "knell.yaml").write_text(text)
        kustomize.__globals__["_kustomized"].cache_clear()
        (configmap,) = (item for item in kustomize(place) if item["kind"] == "ConfigMap")
        assert configmap["immutable"] is True
        assert configmap["data"] == {"knell.yaml": text}
        names.append(configmap["metadata"]["name"])
    assert names[0] != names[1]


@RELEASE
@COMPONENTS
def test_an_overlay_without_configuration_does_not_build(tmp_path: Path, component: str, release: str) -> None:
    place = overlay(tmp_path, component, workload("Job", PODS["one container"]), configured=False)
    result = run(tool("kubectl", release), "kustomize", str(place), check=False)
    assert result.returncode != 0
    assert "does not exist; cannot merge or replace" in result.stderr
    assert "knell" in result.stderr
