"""Pod manifests, as values."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Role = Literal["main", "sidecar", "proxy", "helper", "init"]


@dataclass(frozen=True)
class Mount:
    """A directory or file of this machine in a container, or an emptyDir where `source` is a name."""

    source: Path | str
    path: str
    read_only: bool = False

    @property
    def volume(self) -> str:
        return (
            self.path.strip("/").replace("/", "-").replace(".", "-") if isinstance(self.source, Path) else self.source
        )

    def volume_spec(self) -> dict[str, Any]:
        if not isinstance(self.source, Path):
            return {"name": self.volume, "emptyDir": {}}
        kind = "Directory" if self.source.is_dir() else "File"
        return {"name": self.volume, "hostPath": {"path": str(self.source), "type": kind}}


@dataclass(frozen=True)
class Container:
    """One container: what the scenarios vary of it."""

    name: str
    role: Role
    image: str
    command: Sequence[str] = ()
    args: Sequence[str] = ()
    user: int | None = None
    mounts: Sequence[Mount] = ()
    restricted: bool = False
    """Whether it runs as docs/kubernetes.md has Knell run: no root, no capability, nothing writable."""

    def spec(self) -> dict[str, Any]:
        spec: dict[str, Any] = {"name": self.name, "image": self.image, "imagePullPolicy": "Never"}
        if self.command:
            spec["command"] = list(self.command)
        if self.args:
            spec["args"] = list(self.args)
        spec["volumeMounts"] = [
            {"name": mount.volume, "mountPath": mount.path, "readOnly": mount.read_only} for mount in self.mounts
        ]
        security: dict[str, Any] = {}
        if self.user is not None:
            security |= {"runAsUser": self.user, "runAsGroup": self.user}
        if self.restricted:
            security |= {
                "runAsNonRoot": True,
                "readOnlyRootFilesystem": True,
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "seccompProfile": {"type": "RuntimeDefault"},
            }
        spec["securityContext"] = security
        return spec


@dataclass(frozen=True)
class Manifest:
    """A pod of containers, which are started in this order, as a kubelet does it."""

    name: str
    containers: Sequence[Container]
    init: Sequence[Container] = field(default=())
    shared: bool = True
    restart: Literal["Never", "OnFailure"] = "Never"

    def text(self) -> str:
        """The manifest as JSON, which is YAML too. (podman 4.3 cannot read texts that begin with an empty line.)"""
        return json.dumps(self._document())

    def _document(self) -> dict[str, Any]:
        everyone = [*self.init, *self.containers]
        volumes = {mount.volume: mount.volume_spec() for container in everyone for mount in container.mounts}
        spec: dict[str, Any] = {
            "shareProcessNamespace": self.shared,
            "restartPolicy": self.restart,
            "containers": [container.spec() for container in everyone],
            "volumes": list(volumes.values()),
        }
        return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": self.name}, "spec": spec}
