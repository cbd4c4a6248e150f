"""Renders what stands in deploy/, and finds the pods in it."""

from __future__ import annotations

import copy
import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
#: The releases whose kubectl and helm are tried, the newest first.
RELEASES = ("1.37", "1.32")

Object = dict[str, Any]


def tool(name: str, release: str = RELEASES[0]) -> str:
    """The path of kubectl or helm of a Kubernetes release."""
    return str(Path(os.environ["KNELL_DEPLOY_TOOLS"]) / release / name)


def knell() -> str:
    """The path of the executable under test."""
    return os.environ["KNELL"]


def run(*command: str, cwd: Path | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Runs a program with a bound, and shows what it said where it fails."""
    result = subprocess.run(command, check=False, cwd=cwd, capture_output=True, text=True, timeout=180)
    if check:
        assert result.returncode == 0, f"{' '.join(command)}: exit code {result.returncode}\n{result.stderr}"
    return result


def documents(text: str) -> list[Object]:
    """The objects of a YAML stream."""
    return [document for document in yaml.safe_load_all(text) if document]


@functools.cache
def _kustomized(path: Path, release: str) -> str:
    return run(tool("kubectl", release), "kustomize", str(path)).stdout


def kustomize(path: Path, release: str = RELEASES[0]) -> list[Object]:
    """What `kubectl kustomize` makes of a folder."""
    return documents(_kustomized(path, release))


@functools.cache
def _chart(release: str) -> Path:
    """A copy of the charts, with the library packed into the example as `helm dependency build` does it."""
    directory = Path(tempfile.mkdtemp(prefix="knell-helm-"))
    shutil.copytree(DEPLOY / "helm", directory, dirs_exist_ok=True)
    run(tool("helm", release), "dependency", "build", str(directory / "example"))
    return directory


def remove_charts() -> None:
    """Removes the copies."""
    if _chart.cache_info().currsize:
        for release in RELEASES:
            shutil.rmtree(_chart(release), ignore_errors=True)
        _chart.cache_clear()


def helm(
    verb: str, *arguments: str, chart: str = "example", release: str = RELEASES[0], check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Runs `helm template nightly CHART` or `helm lint CHART` with further arguments."""
    name = ["nightly"] if verb == "template" else []
    return run(tool("helm", release), verb, *name, str(_chart(release) / chart), *arguments, check=check)


@dataclass(frozen=True)
class Rendering:
    """Objects that are applied together, and where they come from."""

    origin: str
    objects: list[Object]
    #: Whether the containers that are not Knell's fit the Pod Security standard "restricted" as well.
    restricted: bool = True

    def __str__(self) -> str:
        return self.origin

    def of_kind(self, *kinds: str) -> list[Object]:
        return [item for item in self.objects if item["kind"] in kinds]


def pod_template(item: Object) -> Object | None:
    """The pod, or the template of the pods that an object makes."""
    match item["kind"]:
        case "Pod":
            return item
        case "Job" | "Deployment":
            return item["spec"]["template"]
        case "CronJob":
            return item["spec"]["jobTemplate"]["spec"]["template"]
        case _:
            return None


def pod_specs(rendering: Rendering) -> Iterator[Object]:
    """The specs of all pods of a rendering."""
    for item in rendering.objects:
        if (template := pod_template(item)) is not None:
            yield template["spec"]


def containers(spec: Object) -> list[Object]:
    """All containers of a pod, those of its start included."""
    return [*(spec.get("initContainers") or []), *spec["containers"]]


def knell_container(spec: Object) -> Object:
    """Knell's container in a pod."""
    (found,) = (container for container in containers(spec) if container["name"] == "knell")
    return found


def without_nulls(value: Any) -> Any:
    """The value without keys that hold nothing, as the API server reads it."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else copy.deepcopy(value)
