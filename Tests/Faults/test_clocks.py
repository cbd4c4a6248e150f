"""Clocks that leap."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from support.configuration import document, post, rule, usual
from support.endpoint import Endpoint
from support.fixtures import Judge, Tell
from support.namespaces import Namespace
from support.programs import Target, faulty
from support.run import Run

YEAR = 365 * 24 * 3600


def test_the_wall_clock_leaps(directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge) -> None:
    """By a year at every reading: deadlines are the monotonic clock's, and only the time stamps of the log show it."""
    main = scene.enter_context(Target())
    action = post(endpoint.url()) | {"retry": {"attempts": 3, "delay": "100ms"}}
    watched = rule(
        "r",
        main.name,
        actions=[{"sleep": "200ms"}, action],
        gracePeriod="200ms",
        watch={"startTimeout": "20s"},
        exitCode="fromTarget",
    )
    run = scene.enter_context(Run(directory, document(watched), wrapper=[faulty(), "leap"]))
    run.wait_for("rule.watching")
    main.end(3)
    judged(run, 1, 3, endpoint=endpoint)
    years = {event["time"][:4] for event in run.events}
    assert len(years) == 2, years
    grace = run.named("rule.fired")[0]["came"] - run.named("rule.grace")[0]["came"]
    assert 0.15 < grace < 20
    tell(
        "the wall clock leaps",
        "a tracer changes CLOCK_REALTIME for Knell alone, a year forth and back at every reading",
        f"time stamps of {' and '.join(sorted(years))}; `gracePeriod: 200ms` took {grace * 1000:.0f} ms; one POST",
        "60 s",
    )


@pytest.mark.parametrize(("offset", "words"), [(100 * YEAR, "a century ahead"), (-1, "back to the boot")])
def test_the_monotonic_clock_is_elsewhere(
    offset: int, words: str, directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    """A time namespace; the target was started before and outside, as after a restore from a checkpoint."""
    with open("/proc/uptime") as file:
        up = int(float(file.read().split()[0]))
    shift = offset if offset > 0 else 1 - up
    main = scene.enter_context(Target())
    pod = scene.enter_context(Namespace("time", options=[f"--monotonic={shift}", f"--boottime={shift}"]))
    watched = usual(main.name, endpoint.url(), watch={"startTimeout": "20s"})
    run = scene.enter_context(Run(directory, watched, wrapper=pod.inside))
    run.wait_for("rule.watching")
    main.end(3)
    judged(run, 1, 3, endpoint=endpoint)
    tell(
        f"the monotonic clock {words}",
        f"time namespace, offset {shift:,} s; the target outside of it",
        "one POST, the target's code",
        "60 s",
    )
