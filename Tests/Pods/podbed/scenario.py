"""A scenario: one story, played with Knell and with the loop."""

from typing import ClassVar

from .observation import Observation
from .sidecars import AMPLE, NEVER, Loop, Sidecar
from .stage import Stage


class Scenario:
    """The base of all scenarios. A subclass tells the story in `play` and asserts in `test_knell` what Knell made of it."""

    title: ClassVar[str]
    loop: ClassVar[str] = ""
    """The pattern by which the loop looks for main; empty where it cannot be asked to do this at all."""
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

    def test_loop(self, stage: Stage) -> None:
        seen = self.play(stage, Loop(self.loop, patience=AMPLE if self.suits_the_loop else NEVER))
        if self.suits_the_loop:
            assert seen.faults == []
