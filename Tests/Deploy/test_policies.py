"""The admission policies: what they do with pods of every shape, evaluated for real."""

from __future__ import annotations

import copy

import checks
import jsonpatch
import pydantic
import pytest
import yaml
from cel_policy import Policy
from kube import DEPLOY, RELEASES, Object, Rendering, knell_container, kustomize
from kyverno_models import check_kyverno
from renderings import load, pod_of, policy

PATHS = ("mutating-admission-policy/policy.yaml", "kyverno/policy.yaml")
POLICIES = {path.split("/")[0]: policy(path) for path in PATHS}
EACH = pytest.mark.parametrize("injector", POLICIES.values(), ids=POLICIES.keys())


def pod(labels: dict[str, str] | None = None, annotations: dict[str, str] | None = None, **spec: object) -> Object:
    """A pod that asks for Knell, with these things about it."""
    metadata: Object = {"name": "report-x7k2p", "labels": {"knell.dev/inject": "knell-reports"}}
    if labels is not None:
        metadata["labels"] = labels
    if annotations is not None:
        metadata["annotations"] = annotations
    main = {"name": "main", "image": "main:1", "args": ["--all"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [main], **spec}}


HELPER = {"name": "helper", "image": "helper:1"}
WORK = {"name": "work", "emptyDir": {}}
INJECTED = {
    "plain": pod(),
    "two containers and a volume": pod(containers=[*pod()["spec"]["containers"], HELPER], volumes=[WORK]),
    "no volume left": pod(volumes=[]),
    "init containers": pod(initContainers=[{"name": "migrate", "image": "main:1"}]),
    "other annotations": pod(annotations={"a": "b"}),
    "other labels": pod(labels={"app": "report", "knell.dev/inject": "knell-reports"}),
    "shares its namespace already": pod(shareProcessNamespace=True),
    "hostPID is false": pod(hostPID=False),
}
LEFT_ALONE = {
    "no labels": pod(labels={}),
    "other labels": pod(labels={"app": "report"}),
    "opted out": pod(labels={"knell.dev/inject": "false"}),
    "empty label": pod(labels={"knell.dev/inject": ""}),
    "Knell among the containers": pod(containers=[HELPER, {"name": "knell", "image": "knell:1"}]),
    "Knell as a native sidecar": pod(initContainers=[{"name": "knell", "image": "knell:1", "restartPolicy": "Always"}]),
    "processes of the node": pod(hostPID=True),
    "refuses a shared namespace": pod(shareProcessNamespace=False),
}


@EACH
@pytest.mark.parametrize("before", INJECTED.values(), ids=INJECTED.keys())
def test_a_pod_that_asks_gets_knell_behind_its_containers(injector: Policy, before: Object) -> None:
    after = injector.applied(before)
    *own, knell = after["spec"]["containers"]
    assert own == before["spec"]["containers"]
    assert knell["name"] == "knell"
    assert after["spec"]["shareProcessNamespace"] is True
    configuration = {"name": "knell", "configMap": {"name": "knell-reports"}}
    assert after["spec"]["volumes"] == [*before["spec"].get("volumes", []), configuration]
    rest, rest_before = copy.deepcopy(after), copy.deepcopy(before)
    for item in (rest, rest_before):
        for key in ("containers", "volumes", "shareProcessNamespace"):
            item["spec"].pop(key, None)
    assert rest == rest_before
    checks.check_schema(after, "1.37")
    checks.check_models(after)
    checks.check_restricted_by_itself(knell)


@EACH
@pytest.mark.parametrize("before", LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_other_pods_are_left_alone(injector: Policy, before: Object) -> None:
    assert not injector.matches(before)
    assert injector.applied(before) == before


@EACH
@pytest.mark.parametrize("before", INJECTED.values(), ids=INJECTED.keys())
def test_a_second_pass_changes_nothing(injector: Policy, before: Object) -> None:
    once = injector.applied(before)
    assert injector.applied(once) == once


@EACH
def test_a_volume_of_its_own_stays(injector: Policy) -> None:
    own = {"name": "knell", "projected": {"sources": [{"configMap": {"name": "mine"}}]}}
    after = injector.applied(pod(volumes=[own, WORK]))
    assert after["spec"]["volumes"] == [own, WORK]
    assert knell_container(after["spec"])["volumeMounts"][0]["name"] == "knell"


@EACH
def test_an_annotation_sets_the_user(injector: Policy) -> None:
    security = knell_container(injector.applied(pod(annotations={"knell.dev/run-as-user": "50000"}))["spec"])[
        "securityContext"
    ]
    assert (security["runAsUser"], security["runAsGroup"]) == (50000, 50000)


@EACH
def test_a_user_that_is_no_number_is_an_error_and_so_the_pod_is_refused(injector: Policy) -> None:
    with pytest.raises(ValueError, match="variables.user: .*cannot convert string to int"):
        injector.applied(pod(annotations={"knell.dev/run-as-user": "airflow"}))


@pytest.mark.parametrize("path", PATHS)
def test_an_error_refuses_the_pod(path: str) -> None:
    assert load(f"policies/{path}")[0]["spec"]["failurePolicy"] == "Fail"


def test_system_pods_are_out_of_reach() -> None:
    binding = load("policies/mutating-admission-policy/binding.yaml")[0]
    kyverno = load("policies/kyverno/policy.yaml")[0]["spec"]["matchConstraints"]
    assert binding["spec"]["matchResources"] == {"namespaceSelector": kyverno["namespaceSelector"]}
    assert binding["spec"]["policyName"] == load(f"policies/{PATHS[0]}")[0]["metadata"]["name"]
    assert POLICIES["kyverno"].matches(pod())
    assert not POLICIES["kyverno"].matches(pod(), namespace="kube-system")


@EACH
def test_the_pod_of_a_job_template_that_has_knell_is_left_alone(injector: Policy) -> None:
    """Where the same Job is also served by the Kustomize component, or a controller's template was injected before."""
    (job,) = load("policies/example/job.yaml")
    template = injector.applied(pod_of(job))
    job["spec"]["template"]["spec"] = template["spec"]
    assert injector.applied(pod_of(job)) == pod_of(job)


def test_kyverno_does_word_for_word_the_same() -> None:
    native, kyverno = (load(f"policies/{path}")[0]["spec"] for path in PATHS)
    for part in ("failurePolicy", "reinvocationPolicy", "matchConditions", "variables", "mutations"):
        assert kyverno[part] == native[part], part
    constraints = dict(kyverno["matchConstraints"])
    del constraints["namespaceSelector"]
    assert constraints == native["matchConstraints"]


def test_kyverno_knows_every_field_of_its_policy() -> None:
    check_kyverno(load("policies/kyverno/policy.yaml")[0])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("matchConditions", "matchCondition"),
        ("podControllers:", "podController:"),
        ("failurePolicy: Fail", "failurePolicy: Maybe"),
        ("jsonPatch:", "jsonpatch:"),
        ("operations: [CREATE]", "operations: CREATE"),
    ],
)
def test_a_faulty_field_of_kyvernos_policy_is_found(old: str, new: str) -> None:
    text = (DEPLOY / "policies/kyverno/policy.yaml").read_text()
    assert old in text
    with pytest.raises(pydantic.ValidationError):
        check_kyverno(yaml.safe_load(text.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("name: 'knell',\n", "nmae: 'knell',\n", "undefined field 'nmae'"),
        ("readOnly: true}", "readOnly: 'yes'}", "type of field 'readOnly'"),
        ("Object.spec.containers.volumeMounts{", "Object.spec.volumeMounts{", "undeclared reference"),
        ("has(object.spec.volumes)", "has(object.spec.volums)", "undefined field 'volums'"),
        ("variables.image,", "variables.imgae,", "undeclared reference"),
        ("!object.spec.containers.exists(c, c.name", "!object.spec.containers.exists(c, c.nam", "undefined field"),
        ("args: ['run']", "args: 'run'", "type of field 'args'"),
        ("path: '/spec/shareProcessNamespace', value: true}", "path: '/spec/x', vale: true}", "undefined field 'vale'"),
    ],
)
def test_a_faulty_expression_is_found(old: str, new: str, complaint: str) -> None:
    text = (DEPLOY / "policies" / PATHS[0]).read_text()
    assert old in text
    with pytest.raises(Exception, match=complaint):
        Policy(yaml.safe_load(text.replace(old, new))["spec"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Each is a policy that compiles, and of which a test above would fail.
        ("!object.spec.containers.exists(c, c.name == 'knell')", "true"),
        ("/spec/containers/-", "/spec/containers/0"),
        ("operator: Exists", "operator: DoesNotExist"),
        ("variables.hasVolumes ? [] : [", "true ? [] : ["),
    ],
)
def test_a_policy_that_does_another_thing_is_told_apart(old: str, new: str) -> None:
    text = (DEPLOY / "policies" / PATHS[0]).read_text()
    assert old in text
    other = Policy(yaml.safe_load(text.replace(old, new))["spec"])

    def holds(before: Object) -> bool:
        try:
            once = other.applied(before)
            return once == POLICIES["mutating-admission-policy"].applied(before) and other.applied(once) == once
        except (ValueError, jsonpatch.JsonPatchException, jsonpatch.JsonPointerException):
            return False

    assert not all(holds(before) for before in [*INJECTED.values(), *LEFT_ALONE.values()])


def test_the_example_becomes_what_it_says() -> None:
    (configmap,), (job,) = load("policies/example/configmap.yaml"), load("policies/example/job.yaml")
    injected = POLICIES["mutating-admission-policy"].applied(pod_of(job))
    checks.check_configuration(Rendering("example", [configmap, injected]))
    checks.check_restricted(injected["spec"])


@pytest.mark.parametrize("release", RELEASES)
def test_the_example_puts_an_image_of_ones_own_into_the_policy(release: str) -> None:
    objects = kustomize(DEPLOY / "policies/example", release)
    (overlaid,) = (item for item in objects if item["kind"] == "MutatingAdmissionPolicy")
    for item in objects:
        checks.check_schema(item, "1.37")
    injected = Policy(overlaid["spec"]).applied(pod())
    assert knell_container(injected["spec"])["image"] == "registry.example.org/tools/knell:0.1.0"
