"""What must hold of everything that is rendered; each check raises where it does not."""

from __future__ import annotations

import copy
import functools
import json
import tempfile
from pathlib import Path

import kubernetes_validate
import kubernetes_validate.utils
from kube import Object, Rendering, containers, knell, pod_specs, run, without_nulls
from kubernetes.client import ApiClient
from pod_security import container_breaches, pod_breaches

# It reads the whole schema of a release anew for each object otherwise, which takes most of the time of a run.
kubernetes_validate.utils.schema_contents = functools.cache(kubernetes_validate.utils.schema_contents)

#: The first release with native sidecars by default, the first with the policies, and the newest.
SCHEMA_VERSIONS = ("1.29", "1.32", "1.37")
#: What Kubernetes gives a pod that says nothing, in seconds.
DEFAULT_GRACE_PERIOD = 30
#: The models of the kinds in deploy/, by API version and kind.
MODELS = {
    ("v1", "ConfigMap"): "V1ConfigMap",
    ("v1", "Pod"): "V1Pod",
    ("apps/v1", "Deployment"): "V1Deployment",
    ("batch/v1", "Job"): "V1Job",
    ("batch/v1", "CronJob"): "V1CronJob",
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"): "V1ValidatingAdmissionPolicy",
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding"): "V1ValidatingAdmissionPolicyBinding",
    **{
        (f"admissionregistration.k8s.io/{version.lower()}", kind): f"{version}{kind}"
        for version in ("V1", "V1beta1", "V1alpha1")
        for kind in ("MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding")
    },
}


def check_schema(item: Object, version: str) -> None:
    """The object has no field and no value that this release of Kubernetes does not know."""
    kubernetes_validate.validate(item, version, strict=True)


def check_models(item: Object) -> None:
    """The official client reads the object and loses nothing of it."""
    client = ApiClient()
    # What its `deserialize` does behind the HTTP response, whose form differs between releases of the client.
    model = client._ApiClient__deserialize(copy.deepcopy(item), MODELS[item["apiVersion"], item["kind"]])
    read = client.sanitize_for_serialization(model)
    assert read == without_nulls(item), f"read as {read}"


def check_restricted(spec: Object) -> None:
    """The pod and all of its containers fit the Pod Security standard "restricted"."""
    breaches = pod_breaches(spec)
    for container in containers(spec):
        breaches += container_breaches(container, spec.get("securityContext"))
    assert not breaches, "; ".join(breaches)


def check_restricted_by_itself(container: Object) -> None:
    """The container fits the standard whatever its pod says."""
    breaches = container_breaches(container, None)
    assert not breaches, "; ".join(breaches)


def explanation(configuration: str) -> Object:
    """What `knell explain` says of a configuration, which `knell validate` must accept."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "knell.yaml")
        file.write_text(configuration)
        run(knell(), "validate", str(file))
        return json.loads(run(knell(), "explain", "--format", "json", str(file)).stdout)


def check_configuration(rendering: Rendering) -> None:
    """Each Knell finds a valid configuration, and the pod gives it the time that it needs."""
    for spec in pod_specs(rendering):
        (volume,) = (volume for volume in spec["volumes"] if volume["name"] == "knell")
        name = volume["configMap"]["name"]
        found = [item for item in rendering.of_kind("ConfigMap") if item["metadata"]["name"] == name]
        assert found, f"{rendering}: no ConfigMap {name}"
        needed = explanation(found[0]["data"]["knell.yaml"])["leastTerminationGracePeriodSeconds"]
        given = spec.get("terminationGracePeriodSeconds", DEFAULT_GRACE_PERIOD)
        assert given >= needed, f"{rendering}: terminationGracePeriodSeconds is {given}, and Knell needs {needed}"
