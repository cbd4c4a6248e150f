"""Everything that deploy/ can be made into, as the tests go through it."""

from __future__ import annotations

import functools

import yaml
from cel_policy import Policy
from kube import DEPLOY, RELEASES, Object, Rendering, documents, helm, kustomize, pod_template

KUSTOMIZE_EXAMPLES = ("job", "cronjob", "native")
#: Each form of the policy, and the releases of Kubernetes that it is for: the first and the last that there are.
POLICY_FOLDERS = {
    "mutating-admission-policy": ("1.36", "1.37"),
    "v1beta1": ("1.34", "1.35"),
    "v1alpha1": ("1.32", "1.33"),
}
NATIVE_CONFIGURATION = DEPLOY / "kustomize/examples/native/knell.yaml"
HELM_VARIANTS: dict[str, tuple[str, ...]] = {
    "default": (),
    "native": ("--set", "knell.native=true", "--set-file", f"knell.configuration={NATIVE_CONFIGURATION}"),
    "other user and image": (
        "--set",
        "knell.runAsUser=10001,knell.runAsGroup=10001,knell.image.tag=9.9.9,knell.image.pullPolicy=Always",
    ),
    "more": (
        "--set-json",
        'knell.extraArgs=["--log-level","warning"]',
        "--set-json",
        'knell.extraVolumeMounts=[{"name":"knell","mountPath":"/again"}]',
        "--set-json",
        "knell.resources=null",
    ),
}


def load(path: str) -> list[Object]:
    """The objects of a file in deploy/."""
    return documents((DEPLOY / path).read_text())


def policy(path: str = "mutating-admission-policy/policy.yaml") -> Policy:
    """A policy of deploy/policies, ready to be evaluated."""
    return Policy(yaml.safe_load((DEPLOY / "policies" / path).read_text())["spec"])


def pod_of(workload: Object) -> Object:
    """The pod that a controller makes of a Job, as far as admission looks at it."""
    template = pod_template(workload)
    assert template is not None
    metadata = {"name": workload["metadata"]["name"] + "-x7k2p", **template["metadata"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


@functools.cache
def all_renderings() -> list[Rendering]:
    """All of them; what belongs together stands together."""
    found = []
    for release in RELEASES:
        for name in KUSTOMIZE_EXAMPLES:
            example = DEPLOY / "kustomize/examples" / name
            found.append(Rendering(f"kustomize {name}, kubectl {release}", kustomize(example, release)))
        for name, arguments in HELM_VARIANTS.items():
            output = helm("template", *arguments, release=release).stdout
            found.append(Rendering(f"helm {name}, release {release}", documents(output)))
    configmap, job = load("policies/example/workload/configmap.yaml"), load("policies/example/workload/job.yaml")
    for path in ("mutating-admission-policy/policy.yaml", "kyverno/policy.yaml"):
        pods = [policy(path).applied(pod_of(item)) for item in job]
        found.append(Rendering(f"injected by {path}", [*configmap, *pods]))
    airflow = [*load("airflow/knell-configmap.yaml"), *load("airflow/pod_template.yaml")]
    found.append(Rendering("airflow pod template", airflow))
    return found
