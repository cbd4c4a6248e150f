"""Where one scenario plays: it makes the cast and the pods, and clears all away."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Literal

from . import images
from .machine import SCRATCH, Ledger
from .manifest import Container, Manifest, Mount
from .observation import Observation, observe
from .pod import Pod, make_pipe
from .sidecars import NAME, Sidecar

# A main program works until it is told how it ends; at its end it needs the mesh, as a job that delivers its results.
WORK = """\
exec 3<>"/stage/$0"
mesh() { curl -fsS -o /dev/null --max-time 30 http://127.0.0.1:15001/; }
work() { echo begins; read -r code <&3; }
"""
DELIVER = "work; mesh || exit 9; echo ends; exit $code"
WITHOUT_MESH = "work; echo ends; exit $code"
CLEAN_UP = "trap 'echo cleans up; sleep 1.5; mesh || exit 9; echo ends; exit 0' TERM; work"
CLEAN_UP_WITHOUT_MESH = "trap 'sleep 1.5; echo ends; exit 0' TERM; work"
# For `prepare`: main's program begins when it is told to. The pipe has the name that is the third argument.
TOLD_TO_BEGIN = 'read -r _ <>"/stage/$3"'

AGENT = ["/etc/envoy/agent"]
"""The command of an Envoy that outlives SIGTERM until its admin interface is asked to quit."""


class Stage:
    """The place of one scenario, with its volumes, its pod and what was observed of it."""

    def __init__(self, name: str, run: str, ledger: Ledger):
        # The name is the pod's host name as well, which has 63 bytes at most.
        self.name = f"{name[:50].strip('-')}-{run}"
        self.path = SCRATCH / self.name
        self.path.mkdir(parents=True)
        self.path.chmod(0o755)
        self.ledger = ledger
        self.pods: list[Pod] = []
        self.seen: Observation | None = None

    # MARK: The cast

    def main(
        self, script: str = DELIVER, program: str = "report", name: str = "main", user: int = 1000, prepare: str = ""
    ) -> Container:
        """A main container; its program is called `program`, and reads what it is told from a pipe.

        `prepare` is what the entry point does first, under the name of bash.
        """
        pipes = self.path / "pipes"
        pipes.mkdir(mode=0o755, exist_ok=True)
        make_pipe(pipes / name)
        mounts = [Mount(pipes, "/stage")]
        if self.shared.exists():
            mounts.append(Mount(self.shared, "/shared"))
        command = [program, "-c", WORK + script, name]
        if prepare:
            command = ["bash", "-c", f'{prepare}; exec "$0" "$@"', *command]
        return Container(name, "main", images.MAIN, command, user=user, mounts=mounts)

    def proxy(self, command: Sequence[str] = (), user: int = 1337) -> Container:
        """Envoy, or what stands in its place."""
        return Container("proxy", "proxy", images.PROXY, command, user=user)

    @property
    def shared(self) -> Path:
        return self.path / "shared"

    def share_a_volume(self) -> Path:
        """Gives those of the cast that come after it a volume /shared, writable for all, as an emptyDir is."""
        self.shared.mkdir()
        self.shared.chmod(0o777)
        return self.shared

    # MARK: The play

    def pod(
        self,
        *containers: Container,
        init: Sequence[Container] = (),
        shared: bool = True,
        restart: Literal["Never", "OnFailure"] = "Never",
    ) -> Pod:
        """A pod that is created and not started."""
        pod = Pod(Manifest(self.name, containers, init, shared, restart), self.path, self.ledger)
        self.pods.append(pod)
        return pod

    def start_envoy(self, pod: Pod) -> None:
        pod.start("proxy")
        pod.says("proxy", "starting main dispatch loop")

    def start_main(self, pod: Pod, *names: str) -> None:
        for name in names or ("main",):
            pod.start(name)
            pod.says(name, "begins")

    def usual_pod(
        self,
        sidecar: Sidecar,
        main: Container | None = None,
        proxy: Container | None = None,
        restart: Literal["Never", "OnFailure"] = "Never",
    ) -> Pod:
        """Envoy, main and the sidecar in one pod, started in this order, each once the one before it is at work."""
        pod = self.pod(proxy or self.proxy(), main or self.main(), sidecar.container(self.path), restart=restart)
        self.start_envoy(pod)
        self.start_main(pod)
        pod.start(NAME)
        sidecar.watches(pod)
        return pod

    def observe(
        self,
        pod: Pod,
        sidecar: Sidecar,
        expected: Mapping[str, int],
        main: str = "main",
        ended: datetime | None = None,
        needs_mesh: bool = True,
    ) -> Observation:
        self.seen = observe(pod, sidecar, expected, main, ended, needs_mesh)
        return self.seen

    def account(self) -> list[tuple[str, str]]:
        """The logs of all containers, for the report of a failure."""
        found = []
        for pod in self.pods:
            with suppress(Exception):
                states = pod.states()
                for container in [*pod.manifest.init, *pod.manifest.containers]:
                    state = states.get(container.name)
                    last = [line[:300] for line in pod.text(container.name).splitlines()[-20:]]
                    found.append((f"{container.name}: {state}", "\n".join(last)))
        return found

    def clear(self) -> None:
        for pod in self.pods:
            pod.remove()
