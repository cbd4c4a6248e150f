"""A scenario: one story, played with Knell and with the loop."""

from collections.abc import Sequence
from typing import ClassVar

from .configuration import PORT, configuration_of
from .observation import Observation
from .sidecars import AMPLE, NEVER, USER, Knell, Loop, Sidecar
from .stage import Stage


class Scenario:
    """The base of all scenarios. A subclass tells the story in `play` and asserts in `check` what Knell made of it."""

    title: ClassVar[str]
    configuration: ClassVar[str] = configuration_of()
    """What Knell is to do."""
    options: ClassVar[Sequence[str]] = ()
    """Knell's options."""
    user: ClassVar[int] = USER
    """The sidecar's user."""
    loop: ClassVar[str] = ""
    """The pattern by which the loop looks for main; empty where it cannot be asked to do this at all."""
    port: ClassVar[int] = PORT
    """The port at which it makes its request."""
    remark: ClassVar[str] = ""
    """What is to be known of its part in the story."""
    unstated: ClassVar[str] = ""
    """Why it cannot be asked."""
    suits_the_loop: ClassVar[bool] = False
    """Whether it is known that the loop can do this; then it has to, or the comparison would be unfair."""

    def __init_subclass__(cls) -> None:
        assert bool(cls.loop) != bool(cls.unstated), f"{cls.__name__}: a pattern for the loop, or why there is none"
        if cls.unstated:
            cls.test_loop = None  # type: ignore[assignment]

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        raise NotImplementedError

    def check(self, seen: Observation, stage: Stage) -> None:
        """Asserts what is particular to this story: events, the verdict, files."""
        raise NotImplementedError

    def knell(self) -> Knell:
        return Knell(self.configuration, *self.options, user=self.user)

    def test_knell(self, stage: Stage) -> None:
        seen = self.play(stage, self.knell())
        assert_knell(seen)
        self.check(seen, stage)

    def test_loop(self, stage: Stage) -> None:
        patience = AMPLE if self.suits_the_loop else NEVER
        seen = self.play(stage, Loop(self.loop, patience, self.user, self.port))
        if self.suits_the_loop:
            assert not seen.faults, "; ".join(seen.faults)


def assert_knell(seen: Observation) -> None:
    """What holds of every pod with Knell: it ends as it should, and log, verdict and exit code tell the same."""
    complaints = [*seen.faults, *seen.contradictions]
    assert not complaints, "; ".join(complaints)
