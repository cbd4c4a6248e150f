"""A pod that runs, and a harness that treats it as a kubelet does."""

import errno
import json
import os
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from signal import Signals
from typing import Any

from . import logs
from .machine import Ledger
from .manifest import Container, Manifest
from .podman import PodmanTimeout, code_of, podman

GRACE: float = 30
"""Seconds that a deleted pod has: the default of terminationGracePeriodSeconds."""


@dataclass(frozen=True)
class State:
    """What podman says of a container."""

    status: str
    code: int | None
    started: datetime | None
    finished: datetime | None
    restarts: int
    pid: int

    @property
    def ended(self) -> bool:
        return self.status == "exited"


class Pod:
    """One pod, from its manifest to its removal."""

    def __init__(self, manifest: Manifest, stage: Path, ledger: Ledger):
        self.manifest = manifest
        self.stage = stage
        self.killed: list[str] = []
        """Containers that outlived the grace period of a deletion."""
        self._logs: dict[str, Path] = {}
        podman("kube", "play", "--network=none", "--start=false", "-", text=manifest.text())
        everyone = [*manifest.init, *manifest.containers]
        inspected = json.loads(podman("inspect", *(self.full_name(container.name) for container in everyone)))
        ledger.add(inspected[0]["Pod"])
        for container, facts in zip(everyone, inspected, strict=True):
            self._logs[container.name] = Path(facts["HostConfig"]["LogConfig"]["Path"])

    def full_name(self, container: str) -> str:
        return f"{self.manifest.name}-{container}"

    @property
    def names(self) -> list[str]:
        return [container.name for container in self.manifest.containers]

    def of_role(self, role: str) -> list[Container]:
        return [container for container in self.manifest.containers if container.role == role]

    # MARK: Its life

    def start(self, *names: str) -> None:
        """Starts these containers, or all, one after the other; init containers before them, each to its end."""
        if not names:
            for container in self.manifest.init:
                podman("start", self.full_name(container.name))
                code = podman("wait", self.full_name(container.name)).strip()
                assert code == "0", (
                    f"the init container {container.name} has failed: {code}\n{self.text(container.name)}"
                )
        for name in names or self.names:
            podman("start", self.full_name(name))

    def send(self, signal: Signals, *names: str) -> None:
        """Sends a signal to the first process of these containers, or of all, at the same moment, and past podman."""
        processes = [state.pid for name, state in self.states().items() if name in (names or self.names)]
        for process in processes:
            # podman says 0 of a container that does not run; and one may have ended since.
            if process:
                with suppress(ProcessLookupError):
                    os.kill(process, signal)

    def delete(self) -> None:
        """Does what a kubelet does to a deleted pod: SIGTERM to all, SIGKILL to what is left after the grace period."""
        self.send(Signals.SIGTERM)
        if not self.ends(within=GRACE):
            self.killed = [name for name, state in self.states().items() if not state.ended]
            self.send(Signals.SIGKILL)
            self.ends(within=60)

    def ends(self, *names: str, within: float) -> bool:
        """Whether these containers, or all, end for good within this time; where they are restarted, with 0."""
        chosen = names or tuple(self.names)
        deadline = time.monotonic() + within
        while (remaining := deadline - time.monotonic()) > 0:
            try:
                podman("wait", *(self.full_name(name) for name in chosen), within=remaining)
            except PodmanTimeout:
                return False
            states = self.states()
            if all(
                states[name].ended and (self.manifest.restart == "Never" or states[name].code == 0) for name in chosen
            ):
                return True
        return False

    def remove(self) -> None:
        podman("pod", "rm", "--force", "--time=0", self.manifest.name)

    # MARK: Looking at it

    def states(self) -> dict[str, State]:
        inspected = json.loads(podman("inspect", *(self.full_name(name) for name in self.names)))
        return dict(zip(self.names, map(_state, inspected), strict=True))

    def lines(self, name: str) -> list[logs.Line]:
        return logs.lines(self._logs[name])

    def text(self, name: str) -> str:
        return "\n".join(f"{line.time:%T.%f} {line.text}" for line in self.lines(name))

    def says(self, name: str, text: str, within: float = 60, count: int = 1) -> logs.Line:
        """Waits for a line of a container's log that holds this text, or for one after others of them."""

        def look() -> logs.Line | None:
            found = [line for line in self.lines(name) if text in line.text]
            return found[count - 1] if len(found) >= count else None

        return logs.await_that(f"{text!r} in the log of {name}, {count} times", look, within)

    def execute(self, name: str, *command: str) -> tuple[int, str]:
        """Runs a command in a container, as an exec probe and `kubectl exec` do; its exit code and its output."""
        return code_of("exec", self.full_name(name), *command)

    # MARK: Directing it

    def tell(self, name: str, word: str | int, within: float = 60) -> None:
        """Writes a line to the pipe from which a main program reads how it ends, as soon as that program is there."""
        path = self.stage / "pipes" / name

        def opened() -> int | None:
            try:
                return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno not in (errno.ENXIO, errno.ENOENT):
                    raise
                return None

        descriptor = logs.await_that(f"{name} reads what it is told", opened, within)
        with os.fdopen(descriptor, "w") as pipe:
            pipe.write(f"{word}\n")


def make_pipe(path: Path) -> None:
    """A pipe that containers of any user may read."""
    os.mkfifo(path)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH)


def _state(facts: dict[str, Any]) -> State:
    state = facts["State"]
    ended = state["Status"] == "exited"
    return State(
        status=state["Status"],
        code=state["ExitCode"] if ended else None,
        started=_time(state["StartedAt"]),
        finished=_time(state["FinishedAt"]) if ended else None,
        restarts=facts["RestartCount"],
        pid=state["Pid"],
    )


def _time(text: str) -> datetime | None:
    return None if text.startswith("0001-") else logs.instant(text)
