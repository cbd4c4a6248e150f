"""Clocks that leap."""

from contextlib import ExitStack

import pytest

from support.configuration import document, post, rule, usual
from support.endpoint import Endpoint
from support.fixtures import Lived, Tell
from support.namespaces import Namespace
from support.programs import Target, faulty

YEAR = 365 * 24 * 3600


def test_the_wall_clock_leaps(endpoint: Endpoint, main: Target, lived: Lived, tell: Tell) -> None:
    """By a year at every reading: deadlines are the monotonic clock's, and only the time stamps of the log show it."""
    action = post(endpoint.url()) | {"retry": {"attempts": 3, "delay": "100ms"}}
    watched = rule(
        "r",
        main.name,
        actions=[{"sleep": "200ms"}, action],
        gracePeriod="200ms",
        watch={"startTimeout": "20s"},
        exitCode="fromTarget",
    )
    run = lived(document(watched), wrapper=[faulty(), "leap"])
    years = {event["time"][:4] for event in run.events}
    assert len(years) == 2, years
    # By Knell's own measure; by the suite's there is only a bound, for it may look late at the one line or the other.
    slept = run.named("action.succeeded", action="0/sleep")[0]["durationMs"]
    grace = run.named("rule.fired")[0]["came"] - run.named("rule.grace")[0]["came"]
    assert 200 <= slept < 20_000 and grace < 20, run.log()
    tell(
        "the wall clock leaps",
        "a tracer changes CLOCK_REALTIME for Knell alone, a year forth and back at every reading",
        f"time stamps of {' and '.join(sorted(years))}; `gracePeriod: 200ms` took {grace * 1000:.0f} ms, `sleep: 200ms` "
        f"{slept} ms; one POST",
        "60 s",
    )


@pytest.mark.parametrize(("offset", "words"), [(100 * YEAR, "a century ahead"), (-1, "back to the boot")])
def test_the_monotonic_clock_is_elsewhere(
    offset: int, words: str, endpoint: Endpoint, main: Target, scene: ExitStack, lived: Lived, tell: Tell
) -> None:
    """A time namespace; the target was started before and outside, as after a restore from a checkpoint."""
    with open("/proc/uptime") as file:
        up = int(float(file.read().split()[0]))
    shift = offset if offset > 0 else 1 - up
    pod = scene.enter_context(Namespace("time", options=[f"--monotonic={shift}", f"--boottime={shift}"]))
    watched = usual(main.name, endpoint.url(), watch={"startTimeout": "20s"})
    lived(watched, wrapper=pod.inside)
    tell(
        f"the monotonic clock {words}",
        f"time namespace, offset {shift:,} s; the target outside of it",
        "one POST, the target's code",
        "60 s",
    )
