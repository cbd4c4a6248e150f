"""What is observed of a pod, from outside and for every sidecar alike, and what is wrong with it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from .logs import Events
from .manifest import Role
from .pod import Pod, State
from .sidecars import NAME, Sidecar


@dataclass(frozen=True)
class Outcome:
    """How things stood with one container at the end of the observation."""

    role: Role
    code: int | None
    """None: it still ran."""
    started: datetime | None
    finished: datetime | None
    restarts: int = 0
    killed: bool = False


@dataclass
class Observation:
    """The facts of one pod, and the faults that follow from them."""

    outcomes: Mapping[str, Outcome]
    expected: Mapping[str, int]
    """The exit code of every container in a pod that ends as it should."""
    patience: float
    needs_mesh: bool = True
    """Whether main needs the proxy to its end."""
    main_began: datetime | None = None
    main_ended: datetime | None = None
    events: Events = field(default_factory=lambda: Events([]))
    verdict: dict[str, Any] | None = None
    sidecar: str = NAME
    """The container in which the sidecar is."""

    @property
    def completed(self) -> bool:
        return all(outcome.code is not None and not outcome.killed for outcome in self.outcomes.values())

    @property
    def delay(self) -> float | None:
        """Seconds from main's end to the end of the last container."""
        ends = [outcome.finished for outcome in self.outcomes.values() if outcome.finished]
        if not self.completed or self.main_ended is None:
            return None
        return (max(ends) - self.main_ended).total_seconds()

    @property
    def codes(self) -> dict[str, int | None]:
        return {name: outcome.code for name, outcome in self.outcomes.items()}

    @property
    def faults(self) -> list[str]:
        """Everything that is not as it should be, each as a fact."""
        return [*self._proxy_faults(), *self._completion_faults(), *self._code_faults()]

    def _proxy_faults(self) -> list[str]:
        found = []
        for name, outcome in self.outcomes.items():
            if not self.needs_mesh or outcome.role != "proxy" or outcome.finished is None or outcome.killed:
                continue
            if self.main_began is None or outcome.finished < self.main_began:
                found.append(f"{name} stopped before main began")
            elif self.main_ended is None or outcome.finished < self.main_ended:
                found.append(f"{name} stopped before main's end")
        return found

    def _completion_faults(self) -> list[str]:
        running = [name for name, outcome in self.outcomes.items() if outcome.code is None]
        restarted = [
            f"{name} restarted again and again"
            for name, outcome in self.outcomes.items()
            if outcome.restarts > 1 and outcome.code != 0
        ]
        found = [f"{name} had to be killed" for name, outcome in self.outcomes.items() if outcome.killed]
        if running:
            found.append(f"pod not complete after {self.patience:.0f} s: {', '.join(running)} still running")
        return found + restarted

    def _code_faults(self) -> list[str]:
        found = []
        for name, outcome in self.outcomes.items():
            expected = self.expected[name]
            if outcome.code in (None, expected) or outcome.killed:
                continue
            lost = name == self.sidecar and expected == self.expected.get("main") != 0
            found.append(f"{'exit status lost: ' * lost}{name} exited with {outcome.code}, not {expected}")
        return found

    @property
    def contradictions(self) -> list[str]:
        """What Knell has told that is not so, or not told: its log, its verdict and its exit code have to agree."""
        code = self.outcomes[self.sidecar].code
        told = [event["exitCode"] for event in self.events.of("run.finished")]
        found = [f"not an event in the log: {line}" for line in self.events.other]
        if told != [code]:
            found.append(f"run.finished tells {told}, {self.sidecar} exited with {code}")
        if self.events.names[-1:] != ["run.finished"]:
            found.append(f"the log ends with {self.events.names[-1:]}, not run.finished")
        if self.verdict is None:
            found.append("no verdict in the termination log")
        elif self.verdict.get("exitCode") != code:
            found.append(f"the verdict tells {self.verdict.get('exitCode')}, {self.sidecar} exited with {code}")
        return found


def observe(
    pod: Pod,
    sidecar: Sidecar,
    expected: Mapping[str, int],
    main: str = "main",
    ended: datetime | None = None,
    needs_mesh: bool = True,
) -> Observation:
    """Waits for the pod's completion, as long as the sidecar's patience goes, and gathers the facts.

    `main` is the container whose end counts as main's, `ended` another moment that does.
    """
    mains = [container.name for container in pod.of_role("main")]
    if pod.ends(main, within=sidecar.patience):
        pod.ends(within=sidecar.patience)
    states = pod.states()
    roles: dict[str, Role] = {container.name: container.role for container in pod.manifest.containers}
    outcomes = {name: _outcome(roles[name], state, name in pod.killed) for name, state in states.items()}
    begins = [line.time for name in mains for line in pod.lines(name) if line.text == "begins"]
    return Observation(
        outcomes=outcomes,
        expected=expected,
        patience=sidecar.patience,
        needs_mesh=needs_mesh,
        main_began=min(begins, default=None),
        main_ended=ended or outcomes[main].finished,
        events=Events(sidecar.log(pod)),
        verdict=_verdict(pod.stage / "termination-log"),
        sidecar=sidecar.name,
    )


def _outcome(role: Role, state: State, killed: bool) -> Outcome:
    return Outcome(role, state.code, state.started, state.finished, state.restarts, killed)


def _verdict(path: Path) -> dict[str, Any] | None:
    text = path.read_text() if path.exists() else ""
    return json.loads(text) if text else None
