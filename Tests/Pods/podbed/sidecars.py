"""The two sidecars that play every scenario: Knell, and the shell loop that it replaces."""

from pathlib import Path
from typing import Any, Protocol

from . import images
from .configmap import ConfigMapVolume
from .configuration import PORT, quit_url
from .logs import Events, Line, await_that
from .manifest import Container, Mount
from .pod import Pod

NAME = "sidecar"
USER = 65532
AMPLE: float = 90
"""Seconds that bound what is certain to come: far more than it ever takes, even on a busy machine."""
NEVER: float = 10
"""Seconds after which the loop, which needs little more than `PAUSE` where it works, is taken to have failed."""
PAUSE = 1
"""Seconds between two looks of the loop. The original slept for 10, and was ten times as late where this is late."""


def termination_log(stage: Path) -> Mount:
    """As a kubelet makes it: empty, and writable for whichever user the container has."""
    path = stage / "termination-log"
    path.touch()
    path.chmod(0o666)
    return Mount(path, "/dev/termination-log")


class Sidecar(Protocol):
    """What a scenario needs to know of a sidecar."""

    name: str
    """The container in which it is."""
    patience: float
    """The longest that is waited for main's end, and then for the pod's."""

    def container(self, stage: Path) -> Container:
        """The container, with its files below `stage`."""
        ...

    def log(self, pod: Pod) -> list[Line]:
        """All that it has written, where that has to be events."""
        ...

    def looks(self, pod: Pod) -> None:
        """Waits until the sidecar has begun to look for the main process."""
        ...

    def sees(self, pod: Pod) -> None:
        """Waits until the sidecar has seen a main process, or has given up on it."""
        ...

    def watches(self, pod: Pod, run: int = 1) -> None:
        """Waits until the sidecar, in its first or a later run, has seen what it waits for, or has given up on it."""
        ...

    def misses(self, pod: Pod) -> None:
        """Waits until the sidecar has noticed that a main process is gone."""
        ...

    def resumes(self, pod: Pod) -> None:
        """Waits until the sidecar has seen main again, if it has not given up on it."""
        ...

    def updates(self, pod: Pod, configuration: str) -> None:
        """Changes the ConfigMap, and waits until the sidecar goes by the new version or has rejected it."""
        ...

    def tries(self, pod: Pod) -> None:
        """Waits until the sidecar has asked the proxy to quit for the first time, in vain."""
        ...


class Knell:
    """The image under test, with its configuration mounted as from a ConfigMap."""

    name = NAME
    patience = AMPLE

    def __init__(self, configuration: str, *options: str, user: int = USER):
        self.configuration = configuration
        self.options = options
        self.user = user

    def container(self, stage: Path) -> Container:
        self.volume = ConfigMapVolume(stage / "configuration", {"knell.yaml": self.configuration})
        mounts = [Mount(self.volume.path, "/etc/knell", read_only=True), termination_log(stage)]
        shared = stage / "shared"
        if shared.exists():
            mounts.append(Mount(shared, "/shared"))
        args = ["run", *self.options] if self.options else []
        return Container(NAME, "sidecar", images.KNELL, args=args, user=self.user, mounts=mounts, restricted=True)

    def log(self, pod: Pod) -> list[Line]:
        return pod.lines(self.name)

    def events(self, pod: Pod) -> Events:
        return Events(self.log(pod))

    def logs_event(self, pod: Pod, name: str, count: int = 1, **keys: Any) -> None:
        """Waits until there are so many events of this name with these keys."""
        await_that(f"{name} {keys or ''}, {count} times", lambda: len(self.events(pod).of(name, **keys)) >= count)

    def looks(self, pod: Pod) -> None:
        self.logs_event(pod, "run.started")

    def sees(self, pod: Pod) -> None:
        self.logs_event(pod, "target.found")

    def watches(self, pod: Pod, run: int = 1) -> None:
        self.logs_event(pod, "rule.watching", run)

    def misses(self, pod: Pod) -> None:
        self.logs_event(pod, "target.exited")

    def resumes(self, pod: Pod) -> None:
        self.logs_event(pod, "rule.resumed")

    def updates(self, pod: Pod, configuration: str) -> None:
        watched = len(self.events(pod).of("rule.watching"))
        self.volume.update({"knell.yaml": configuration})

        def look() -> bool:
            events = self.events(pod)
            return len(events.of("rule.watching")) > watched or bool(events.of("config.rejected"))

        await_that("the new configuration is gone by, or rejected", look)

    def tries(self, pod: Pod) -> None:
        self.logs_event(pod, "action.retried")


class KnellExec(Knell):
    """Knell as the entry point of main, and no container of its own; main itself writes to standard output."""

    name = "main"

    def __init__(self) -> None:
        super().__init__(configuration="")

    def log(self, pod: Pod) -> list[Line]:
        return [line for line in pod.lines(self.name) if line.stream == "stderr"]


class Loop:
    """The ancestor: the line of shell, in an image with bash, procps and curl. Traced: the log has what it does."""

    name = NAME

    def __init__(self, pattern: str, patience: float, user: int = USER, port: int = PORT):
        url = quit_url(port)
        self.line = f"while pgrep '{pattern}' >/dev/null; do sleep {PAUSE}; done; curl -s -f -XPOST {url}"
        self.patience = patience
        self.user = user

    def container(self, stage: Path) -> Container:
        command = ["bash", "-x", "-c", self.line]
        return Container(NAME, "sidecar", images.DEBIAN, command=command, user=self.user, restricted=True)

    def log(self, pod: Pod) -> list[Line]:
        return []

    def _did(self, pod: Pod, command: str) -> int:
        return sum(line.text.startswith(f"+ {command} ") for line in pod.lines(NAME))

    def looks(self, pod: Pod) -> None:
        self.watches(pod)

    def sees(self, pod: Pod) -> None:
        self.watches(pod)

    def watches(self, pod: Pod, run: int = 1) -> None:
        # It has seen something when it sleeps, and nothing when it makes its request; then it is over and done with.
        if run > 1:
            await_that("the loop is restarted", lambda: pod.states()[NAME].restarts >= run - 1)
        before = self._did(pod, "sleep") if run > 1 else 0
        await_that("the loop has looked", lambda: self._did(pod, "sleep") > before or self._did(pod, "curl"))
        if self._did(pod, "curl"):
            self.tries(pod)

    def misses(self, pod: Pod) -> None:
        # It looks no further than the first end, and makes its request.
        self.tries(pod)

    def resumes(self, pod: Pod) -> None:
        pass

    def updates(self, pod: Pod, configuration: str) -> None:
        # All that it knows stands in its command line.
        pass

    def tries(self, pod: Pod) -> None:
        pod.ends(NAME, within=60)
