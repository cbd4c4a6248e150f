"""What holds of every manifest, however it is made."""

from __future__ import annotations

import copy

import checks
import kubernetes_validate
import pytest
import yaml
from kube import DEPLOY, RELEASES, Rendering, knell_container, kustomize, pod_specs
from renderings import KUSTOMIZE_EXAMPLES, POLICY_FOLDERS, all_renderings, load, without_knell

RENDERINGS = pytest.mark.parametrize("rendering", all_renderings(), ids=str)
EVERYTHING = pytest.mark.parametrize("rendering", [*all_renderings(), *without_knell()], ids=str)


@EVERYTHING
@pytest.mark.parametrize("version", checks.SCHEMA_VERSIONS)
def test_kubernetes_knows_every_field(rendering: Rendering, version: str) -> None:
    assert rendering.objects
    for item in rendering.objects:
        checks.check_schema(item, version)


@EVERYTHING
def test_the_official_client_loses_nothing(rendering: Rendering) -> None:
    for item in rendering.objects:
        checks.check_models(item)


@RENDERINGS
def test_pods_fit_the_restricted_standard(rendering: Rendering) -> None:
    specs = list(pod_specs(rendering))
    assert specs
    for spec in specs:
        if rendering.restricted:
            checks.check_restricted(spec)
        checks.check_restricted_by_itself(knell_container(spec))


@RENDERINGS
def test_each_knell_finds_a_valid_configuration_and_has_time(rendering: Rendering) -> None:
    checks.check_configuration(rendering)


@EVERYTHING
def test_each_configuration_is_valid(rendering: Rendering) -> None:
    for item in rendering.of_kind("ConfigMap"):
        assert checks.explanation(item["data"]["knell.yaml"])


@RENDERINGS
def test_the_namespace_is_shared_and_the_configuration_is_mounted_as_a_directory(rendering: Rendering) -> None:
    for spec in pod_specs(rendering):
        assert spec["shareProcessNamespace"] is True
        mount = knell_container(spec)["volumeMounts"][0]
        assert mount == {"name": "knell", "mountPath": "/etc/knell", "readOnly": True}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("folder", POLICY_FOLDERS)
def test_each_policy_is_known_to_the_releases_that_it_is_for(folder: str, release: str) -> None:
    objects = kustomize(DEPLOY / "policies" / folder, release)
    kinds = [f"{phase}AdmissionPolicy{part}" for phase in ("Mutating", "Validating") for part in ("", "Binding")]
    assert sorted(item["kind"] for item in objects) == kinds
    for item in objects:
        for version in POLICY_FOLDERS[folder]:
            checks.check_schema(item, version)
        if not item["apiVersion"].endswith("v1alpha1"):  # of which the newest client knows nothing any more
            checks.check_models(item)


@pytest.mark.parametrize(("folder", "before"), [("mutating-admission-policy", "1.35"), ("v1beta1", "1.33")])
def test_a_policy_is_not_known_to_an_older_release(folder: str, before: str) -> None:
    (policy,) = (item for item in kustomize(DEPLOY / "policies" / folder) if item["kind"] == "MutatingAdmissionPolicy")
    with pytest.raises(kubernetes_validate.SchemaNotFoundError):
        checks.check_schema(policy, before)


def test_the_container_is_the_same_everywhere() -> None:
    """As kustomize makes it, but for what the variants are about."""
    seen = {}
    for rendering in all_renderings():
        for spec in pod_specs(rendering):
            container = copy.deepcopy(knell_container(spec))
            container.pop("restartPolicy", None)
            container["image"] = container["image"].split("/")[-1]
            seen[str(rendering)] = container
    expected = seen["kustomize job, kubectl 1.37"]
    different = {name for name, container in seen.items() if container != expected}
    others = {f"helm {name}, release {v}" for name in ("other user and image", "more") for v in RELEASES}
    # One runs as its helper's user, to signal it, the other has the helper's volume.
    assert different == others | {"init job kuma", "init job gcs-fuse"}


def test_init_and_docs_are_not_forgotten() -> None:
    assert {str(item) for item in all_renderings()} >= {"docs/kubernetes.md", "init job istio", "init deployment istio"}


def test_no_file_is_forgotten() -> None:
    """Each YAML file in deploy/ is rendered, a part of what is rendered, or checked by name."""
    rendered = {f"kustomize/examples/{name}" for name in KUSTOMIZE_EXAMPLES}
    rendered |= {f"policies/{name}" for name in (*POLICY_FOLDERS, "kyverno", "example/image", "example/workload")}
    rendered |= {f"policies/example/policy{suffix}" for suffix in ("", "-v1beta1", "-v1alpha1", "-kyverno")}
    rendered |= {"kustomize/component", "kustomize/native", "helm/example", "helm/knell", "airflow"}
    folders = {str(file.parent.relative_to(DEPLOY)) for file in DEPLOY.rglob("*.yaml")}
    assert {folder.removesuffix("/templates") for folder in folders} == rendered


# Each check above fails where it should.

POD = """
metadata: {name: main}
apiVersion: v1
kind: Pod
spec:
  shareProcessNamespace: true
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: main
      image: main
      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
  volumes: []
"""


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("spec.containers.0.imagePullPolcy", "Always"),
        ("spec.containers.0.image", 7),
        ("spec.containers", None),
        ("spec.terminationGracePeriodSeconds", "45"),
    ],
)
def test_a_faulty_field_is_found(path: str, value: object) -> None:
    pod = with_value(path, value)
    with pytest.raises(kubernetes_validate.ValidationError):
        checks.check_schema(pod, "1.37")


def test_a_field_that_the_client_loses_is_found() -> None:
    with pytest.raises(AssertionError):
        checks.check_models(with_value("spec.containers.0.imagePullPolcy", "Always"))


@pytest.mark.parametrize(
    ("path", "value", "breach"),
    [
        ("spec.hostPID", True, "spec.hostPID is true"),
        ("spec.hostNetwork", True, "spec.hostNetwork is true"),
        ("spec.volumes", [{"name": "root", "hostPath": {"path": "/"}}], "volume root is of type hostPath"),
        ("spec.securityContext.runAsNonRoot", False, "runAsNonRoot is not true"),
        ("spec.securityContext.runAsUser", 0, "runAsUser is 0"),
        ("spec.securityContext.seccompProfile", {"type": "Unconfined"}, "seccompProfile is Unconfined"),
        ("spec.securityContext.sysctls", [{"name": "kernel.msgmax", "value": "1"}], "sysctl kernel.msgmax"),
        ("spec.containers.0.securityContext.privileged", True, "privileged is true"),
        ("spec.containers.0.securityContext.allowPrivilegeEscalation", None, "allowPrivilegeEscalation is not false"),
        ("spec.containers.0.securityContext.runAsNonRoot", False, "runAsNonRoot is not true"),
        ("spec.containers.0.securityContext.runAsUser", 0, "runAsUser is 0"),
        ("spec.containers.0.securityContext.capabilities", {}, "capabilities.drop lacks ALL"),
        ("spec.containers.0.securityContext.capabilities.add", ["KILL"], "capabilities.add has KILL"),
        ("spec.containers.0.securityContext.seccompProfile", {"type": "Unconfined"}, "neither RuntimeDefault nor"),
        ("spec.containers.0.securityContext.procMount", "Unmasked", "procMount is Unmasked"),
        ("spec.containers.0.ports", [{"containerPort": 80, "hostPort": 80}], "hostPort 80"),
        ("spec.initContainers", [{"name": "init", "image": "init"}], "container init: "),
    ],
)
def test_a_pod_that_is_not_restricted_is_found(path: str, value: object, breach: str) -> None:
    checks.check_restricted(yaml.safe_load(POD)["spec"])
    with pytest.raises(AssertionError, match=breach):
        checks.check_restricted(with_value(path, value)["spec"])


def test_a_container_that_leans_on_its_pod_is_found() -> None:
    with pytest.raises(AssertionError, match="seccompProfile is neither"):
        checks.check_restricted_by_itself(yaml.safe_load(POD)["spec"]["containers"][0])


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("startTimeout", "startTimeuot", 'unknown key "startTimeuot"'),
        ("terminationTimeout: 25s", "terminationTimeout: 40s", "is 45, and Knell needs 57"),
    ],
)
def test_a_configuration_that_does_not_do_is_found(old: str, new: str, complaint: str) -> None:
    (configmap,), (job,) = load("policies/example/workload/configmap.yaml"), load("policies/example/workload/job.yaml")
    spec = job["spec"]["template"]["spec"]
    spec["volumes"] = [{"name": "knell", "configMap": {"name": "knell-reports-1"}}]
    spec["terminationGracePeriodSeconds"] = 45
    checks.check_configuration(Rendering("as it is", [configmap, job]))
    configmap["data"]["knell.yaml"] = configmap["data"]["knell.yaml"].replace(old, new)
    with pytest.raises(AssertionError, match=complaint):
        checks.check_configuration(Rendering("broken", [configmap, job]))


def test_a_configuration_that_is_not_there_is_found() -> None:
    job = load("policies/example/workload/job.yaml")[0]
    job["spec"]["template"]["spec"]["volumes"] = [{"name": "knell", "configMap": {"name": "other"}}]
    with pytest.raises(AssertionError, match="no ConfigMap other"):
        checks.check_configuration(Rendering("broken", [job]))


def with_value(path: str, value: object) -> dict:
    """The pod above with one value set, or taken away."""
    pod = yaml.safe_load(POD)
    *way, last = path.split(".")
    place = pod
    for step in way:
        place = place[int(step)] if step.isdigit() else place.setdefault(step, {})
    if value is None:
        del place[last]
    else:
        place[last] = value
    return pod
