"""Everything that deploy/ can be made into, as the tests go through it."""

from __future__ import annotations

import functools
import re

import yaml
from cel_policy import Policy
from kube import DEPLOY, RELEASES, ROOT, Object, Rendering, documents, helm, knell, kustomize, pod_template, run

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
#: The workloads of `knell init`, and the helpers about whose pods it knows something.
INIT = {
    f"{workload} {preset}": (workload, preset)
    for workload, presets in {
        "job": ("istio", "linkerd", "cloud-sql-proxy", "vault-agent", "consul", "kuma", "gcs-fuse"),
        "cronjob": ("istio",),
        "deployment": ("istio",),
    }.items()
    for preset in presets
}
EXISTING_CONFIGMAP = ("--set", "knell.existingConfigMap=mine,knell.configuration=")


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


def configmap_called(name: str) -> Object:
    """A ConfigMap as somebody else has made it, with a configuration that fits into 30 s."""
    text = (DEPLOY / "kustomize/examples/job/knell.yaml").read_text()
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"knell.yaml": text}}


def manifests_of_the_docs() -> list[list[Object]]:
    """The blocks of docs/kubernetes.md that kubectl takes."""
    blocks = re.findall(r"^```yaml\n(.*?)^```$", (ROOT / "docs/kubernetes.md").read_text(), re.MULTILINE | re.DOTALL)
    return [documents(block) for block in blocks if re.search(r"^kind: ", block, re.MULTILINE)]


def initial(workload: str, preset: str) -> list[Object]:
    """The manifest that `knell init` prints."""
    process = () if workload == "airflow" else ("--process", "^report$")
    flags = ("--workload", workload, "--preset", preset, *process)
    return documents(run(knell(), "init", *flags, "--print", "manifest").stdout)


@functools.cache
def without_knell() -> list[Rendering]:
    """What holds no pod with Knell, and must be valid all the same."""
    found = [Rendering("init airflow istio", initial("airflow", "istio"))]
    found.append(Rendering("airflow ConfigMap of an operator", load("airflow/knell-export-configmap.yaml")))
    for release in RELEASES:
        output = helm("template", "--set", "knell.enabled=false", release=release).stdout
        found.append(Rendering(f"helm not enabled, release {release}", documents(output)))
        workload = kustomize(DEPLOY / "policies/example/workload", release)
        found.append(Rendering(f"workload of the policies' example, kubectl {release}", workload))
    return found


@functools.cache
def all_renderings() -> list[Rendering]:
    """All of them that have Knell in a pod; what belongs together stands together."""
    found = []
    for release in RELEASES:
        for name in KUSTOMIZE_EXAMPLES:
            example = DEPLOY / "kustomize/examples" / name
            found.append(Rendering(f"kustomize {name}, kubectl {release}", kustomize(example, release)))
        for name, arguments in HELM_VARIANTS.items():
            output = helm("template", *arguments, release=release).stdout
            found.append(Rendering(f"helm {name}, release {release}", documents(output)))
        output = documents(helm("template", *EXISTING_CONFIGMAP, release=release).stdout)
        found.append(Rendering(f"helm existing ConfigMap, release {release}", [configmap_called("mine"), *output]))
    configmap, job = load("policies/example/workload/configmap.yaml"), load("policies/example/workload/job.yaml")
    for path in ("mutating-admission-policy/policy.yaml", "kyverno/policy.yaml"):
        pods = [policy(path).applied(pod_of(item)) for item in job]
        found.append(Rendering(f"injected by {path}", [*configmap, *pods]))
    found += [Rendering("docs/kubernetes.md", manifest, restricted=False) for manifest in manifests_of_the_docs()]
    found += [Rendering(f"init {name}", initial(*arguments), restricted=False) for name, arguments in INIT.items()]
    airflow = [*load("airflow/knell-configmap.yaml"), *load("airflow/pod_template.yaml")]
    found.append(Rendering("airflow pod template", airflow))
    return found
