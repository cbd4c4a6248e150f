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

FOLDERS = ("mutating-admission-policy", "kyverno")
PATHS = tuple(f"{folder}/policy.yaml" for folder in FOLDERS)
VALIDATING_PATHS = tuple(f"{folder}/validating-policy.yaml" for folder in FOLDERS)
POLICIES = {path.split("/")[0]: policy(path) for path in PATHS}
VALIDATORS = {path.split("/")[0]: policy(path) for path in VALIDATING_PATHS}
EACH = pytest.mark.parametrize("injector", POLICIES.values(), ids=POLICIES.keys())
EACH_PAIR = pytest.mark.parametrize(
    ("injector", "validator"), [(POLICIES[folder], VALIDATORS[folder]) for folder in FOLDERS], ids=FOLDERS
)


def pod(labels: dict[str, str] | None = None, annotations: dict[str, str] | None = None, **spec: object) -> Object:
    """A pod that asks for Knell, with these things about it."""
    metadata: Object = {"name": "report-x7k2p", "labels": {"knell.dev/inject": "knell-reports"}}
    if labels is not None:
        metadata["labels"] = labels
    if annotations is not None:
        metadata["annotations"] = annotations
    main = {"name": "main", "image": "main:1", "args": ["--all"]}
    # As the API server has filled it in by then, where a Job's template says so.
    spec = {"restartPolicy": "Never", "containers": [main], **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


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
    "the grace period that Kubernetes gives": pod(terminationGracePeriodSeconds=30),
    "a long grace period": pod(terminationGracePeriodSeconds=600),
    "restarts upon failure": pod(restartPolicy="OnFailure"),
    "lives on, and so does the configuration": pod(restartPolicy="Always", annotations={"knell.dev/repeat": "true"}),
}
#: Those that cannot have Knell, or would not complete with it, and what is said of them.
REFUSED = {
    "processes of the node": (pod(hostPID=True), "with hostPID: true it would see every process of the node"),
    "refuses a shared namespace": (pod(shareProcessNamespace=False), "with shareProcessNamespace: false it sees no"),
    "lives on": (pod(restartPolicy="Always"), "with restartPolicy: Always it is started again"),
    "lives on, by default": (
        {**pod(), "spec": {"containers": pod()["spec"]["containers"]}},
        "with restartPolicy: Always it is started again",
    ),
    "lives on, and the configuration does not": (
        pod(restartPolicy="Always", annotations={"knell.dev/repeat": "false"}),
        'the annotation knell.dev/repeat: "true"',
    ),
    **{
        f"user {user!r}": (pod(annotations={"knell.dev/run-as-user": user}), "knell.dev/run-as-user must be")
        for user in ("0", "-1", "00", "airflow", "", "1.5", " 1", "12345678901")
    },
    **{
        f"grace period {text!r}": (
            pod(annotations={"knell.dev/grace-period-seconds": text}),
            "knell.dev/grace-period-seconds must be",
        )
        for text in ("60s", "-1", "", "1.5", "100000")
    },
    "a Knell of its own, and no shared namespace": (
        pod(containers=[HELPER, {"name": "knell", "image": "knell:1"}]),
        "the pod brings a Knell of its own",
    ),
}
#: Those whose Knell is another's business.
WITH_KNELL = {
    "Knell among the containers": pod(
        containers=[HELPER, {"name": "knell", "image": "knell:1"}], shareProcessNamespace=True
    ),
    "Knell as a native sidecar": pod(
        initContainers=[{"name": "knell", "image": "knell:1", "restartPolicy": "Always"}], shareProcessNamespace=True
    ),
}
LEFT_ALONE = {
    "no labels": pod(labels={}),
    "other labels": pod(labels={"app": "report"}),
    "opted out": pod(labels={"knell.dev/inject": "false"}),
    "empty label": pod(labels={"knell.dev/inject": ""}),
    **WITH_KNELL,
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
    given = before["spec"].get("terminationGracePeriodSeconds", 30)
    assert after["spec"]["terminationGracePeriodSeconds"] == max(given, 45)
    for item in (rest, rest_before):
        for key in ("containers", "volumes", "shareProcessNamespace", "terminationGracePeriodSeconds"):
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


@EACH_PAIR
@pytest.mark.parametrize(("before", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_a_pod_that_cannot_have_knell_is_refused(
    injector: Policy, validator: Policy, before: Object, message: str
) -> None:
    after = injector.applied(before)
    assert message in (validator.refusal(after) or "")
    # What the mutation makes of it on the way is nothing that the API server would trip over first.
    checks.check_schema(after, "1.37")


@EACH_PAIR
@pytest.mark.parametrize("before", [*INJECTED.values(), *LEFT_ALONE.values()], ids=[*INJECTED, *LEFT_ALONE])
def test_every_other_pod_is_let_through(injector: Policy, validator: Policy, before: Object) -> None:
    assert validator.refusal(injector.applied(before)) is None


@pytest.mark.parametrize("validator", VALIDATORS.values(), ids=VALIDATORS.keys())
@pytest.mark.parametrize("before", INJECTED.values(), ids=INJECTED.keys())
def test_a_pod_that_the_other_policy_has_missed_is_refused(validator: Policy, before: Object) -> None:
    """An API server takes a new policy up after a while, and one without the feature never does."""
    assert "the policy inject-knell is not there, or not yet at work" in (validator.refusal(before) or "")


@EACH
@pytest.mark.parametrize(
    ("asked", "given", "expected"),
    [("60", None, 60), ("60", 30, 60), ("60", 600, 600), ("5", None, None), ("0", 30, 30), ("0", 0, 0)],
)
def test_an_annotation_sets_the_least_grace_period(
    injector: Policy, asked: str, given: int | None, expected: int | None
) -> None:
    spec = {} if given is None else {"terminationGracePeriodSeconds": given}
    after = injector.applied(pod(annotations={"knell.dev/grace-period-seconds": asked}, **spec))
    assert after["spec"].get("terminationGracePeriodSeconds") == expected


@pytest.mark.parametrize("path", [*PATHS, *VALIDATING_PATHS])
def test_an_error_refuses_the_pod(path: str) -> None:
    assert load(f"policies/{path}")[0]["spec"]["failurePolicy"] == "Fail"


def test_system_pods_are_out_of_reach() -> None:
    kyverno = load("policies/kyverno/policy.yaml")[0]["spec"]["matchConstraints"]
    for binding_name, policy_name in (("binding", "policy"), ("validating-binding", "validating-policy")):
        (binding,) = load(f"policies/mutating-admission-policy/{binding_name}.yaml")
        assert binding["spec"]["matchResources"] == {"namespaceSelector": kyverno["namespaceSelector"]}
        (bound,) = load(f"policies/mutating-admission-policy/{policy_name}.yaml")
        assert binding["spec"]["policyName"] == bound["metadata"]["name"]
    assert POLICIES["kyverno"].matches(pod())
    assert not POLICIES["kyverno"].matches(pod(), namespace="kube-system")
    assert VALIDATORS["kyverno"].refusal(pod(hostPID=True), namespace="kube-system") is None


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_refused_is_what_asks(folder: str) -> None:
    """Both policies are about the same pods, and refuse by denying."""
    (mutating,), (validating,) = (
        load(f"policies/{folder}/policy.yaml"),
        load(f"policies/{folder}/validating-policy.yaml"),
    )
    assert validating["spec"]["matchConstraints"] == mutating["spec"]["matchConstraints"]
    (actions,) = [
        item["spec"]["validationActions"]
        for item in kustomize(DEPLOY / "policies" / folder)
        if "validationActions" in item["spec"]
    ]
    assert actions == ["Deny"]


@EACH
def test_the_pod_of_a_job_template_that_has_knell_is_left_alone(injector: Policy) -> None:
    """Where the same Job is also served by the Kustomize component, or a controller's template was injected before."""
    (job,) = load("policies/example/workload/job.yaml")
    template = injector.applied(pod_of(job))
    job["spec"]["template"]["spec"] = template["spec"]
    assert injector.applied(pod_of(job)) == pod_of(job)


def test_kyverno_does_word_for_word_the_same() -> None:
    for paths, parts in (
        (PATHS, ("failurePolicy", "reinvocationPolicy", "matchConditions", "variables", "mutations")),
        (VALIDATING_PATHS, ("failurePolicy", "validations")),
    ):
        native, kyverno = (load(f"policies/{path}")[0]["spec"] for path in paths)
        for part in parts:
            assert kyverno[part] == native[part], part
        constraints = dict(kyverno["matchConstraints"])
        del constraints["namespaceSelector"]
        assert constraints == native["matchConstraints"]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("folder", ["kyverno", "example/policy-kyverno"])
def test_kyverno_knows_every_field_of_its_policies(folder: str, release: str) -> None:
    objects = kustomize(DEPLOY / "policies" / folder, release)
    assert sorted(item["kind"] for item in objects) == ["MutatingPolicy", "ValidatingPolicy"]
    for item in objects:
        check_kyverno(item)


@pytest.mark.parametrize(("old", "new"), [("validationActions", "validationAction"), ("message:", "massage:")])
def test_a_faulty_field_of_kyvernos_validating_policy_is_found(old: str, new: str) -> None:
    text = (DEPLOY / "policies/kyverno/validating-policy.yaml").read_text()
    assert old in text
    with pytest.raises(pydantic.ValidationError):
        check_kyverno(yaml.safe_load(text.replace(old, new)))


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
        ("object.spec.terminationGracePeriodSeconds : 30", "object.spec.gracePeriod : 30", "undefined field"),
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
        ("< variables.gracePeriod", "> variables.gracePeriod"),
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


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("!object.spec.shareProcessNamespace)", "object.spec.shareProcessNamespace)"),
        ("'OnFailure']", "'OnFailure', 'Always']"),
        ("^[1-9][0-9]{0,9}$", "^[0-9]+$"),
        ("^[1-9][0-9]{0,9}$", "[1-9][0-9]{0,9}"),
        ("^[0-9]{1,5}$", "[0-9]"),
        ("has(object.spec.hostPID) && object.spec.hostPID", "has(object.spec.hostPID) && false"),
        ("object.spec.initContainers.exists(c, c.name == 'knell')", "false"),
    ],
)
def test_a_policy_that_refuses_others_is_told_apart(old: str, new: str) -> None:
    text = (DEPLOY / "policies" / VALIDATING_PATHS[0]).read_text()
    assert old in text
    other, injector = Policy(yaml.safe_load(text.replace(old, new))["spec"]), POLICIES["mutating-admission-policy"]
    assert not all(
        message in (other.refusal(injector.applied(before)) or "") for before, message in REFUSED.values()
    ) or any(other.refusal(injector.applied(before)) for before in [*INJECTED.values(), *LEFT_ALONE.values()])


def test_the_example_becomes_what_it_says() -> None:
    (configmap,), (job,) = load("policies/example/workload/configmap.yaml"), load("policies/example/workload/job.yaml")
    injected = POLICIES["mutating-admission-policy"].applied(pod_of(job))
    checks.check_configuration(Rendering("example", [configmap, injected]))
    checks.check_restricted(injected["spec"])
    assert VALIDATORS["mutating-admission-policy"].refusal(injected) is None


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("suffix", ["", "-v1beta1", "-v1alpha1", "-kyverno"])
def test_the_example_puts_an_image_of_ones_own_into_the_policy(suffix: str, release: str) -> None:
    base = {"": "mutating-admission-policy"}.get(suffix, suffix.removeprefix("-"))
    objects = kustomize(DEPLOY / f"policies/example/policy{suffix}", release)
    for item, original in zip(objects, kustomize(DEPLOY / "policies" / base, release), strict=True):
        if item["metadata"]["name"] == "inject-knell" and "mutations" in item["spec"]:
            assert item != original
            injected = Policy(item["spec"]).applied(pod())
            assert knell_container(injected["spec"])["image"] == "registry.example.org/tools/knell:0.1.0"
        else:
            assert item == original


@pytest.mark.parametrize("release", RELEASES)
def test_the_example_has_its_policy_and_its_workload_apart(release: str) -> None:
    """The API server takes policies up after a while, so a Job that is applied with them gets pods without Knell."""
    assert {item["kind"] for item in kustomize(DEPLOY / "policies/example/workload", release)} == {"ConfigMap", "Job"}
