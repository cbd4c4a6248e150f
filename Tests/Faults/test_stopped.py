"""Knell stands still: SIGSTOP, a frozen pod, and deadlines that have passed when it goes on."""

import random
import signal
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.cgroup import Cgroup
from support.configuration import document, post, rule, usual
from support.endpoint import Endpoint, answer, answer_upon
from support.fixtures import Judge, Tell
from support.programs import FULL, Target, unique_name
from support.run import Run
from support.waiting import BOUND, wait_until


def _state(pid: int) -> str:
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0]


def _stop(run: Run) -> None:
    run.signal(signal.SIGSTOP)
    wait_until("the stop", lambda: _state(run.pid) == "T")


def _stand_still(run: Run, seconds: float) -> None:
    """Has a stopped Knell go on, when its deadlines have passed."""
    time.sleep(seconds)  # the fault itself
    run.signal(signal.SIGCONT)


# What passes while Knell is stopped, as Knell is told of it: so long that it does not pass before it is stopped.
_SECONDS = 3
_DEADLINE = f"{_SECONDS}s"


def test_stopped_while_the_target_ends(
    directory: Path, endpoint: Endpoint, main: Target, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    run = scene.enter_context(Run(directory, usual(main.name, endpoint.url())))
    run.wait_for("rule.watching")
    _stop(run)
    main.end(3)
    time.sleep(0.6)  # the fault itself: long enough for every timer to have come due
    assert endpoint.posts() == 0
    run.signal(signal.SIGCONT)
    judged(run, 1, 3, endpoint=endpoint)
    tell(
        "SIGSTOP while the target ends",
        "SIGCONT 0.6 s after it was reaped",
        f"the end and its code are known ({run.named('target.exited')[0]['source']}), one POST",
        "60 s",
    )


@pytest.mark.parametrize("timeout", ["60s", _DEADLINE], ids=["within its timeout", "beyond its timeout"])
def test_stopped_while_a_request_is_under_way(
    timeout: str, directory: Path, endpoint: Endpoint, main: Target, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    """The answer comes while Knell stands still; where the timeout passes meanwhile, the attempt may have failed."""
    is_stopped = threading.Event()
    endpoint.scripts["/quit"] = [answer_upon(is_stopped), answer(200)]
    action = {"http": {"url": endpoint.url()}, "timeout": timeout, "retry": {"attempts": 5, "delay": "100ms"}}
    run = scene.enter_context(Run(directory, document(rule("r", main.name, actions=[action], exitCode="fromTarget"))))
    run.wait_for("rule.watching")
    main.end(3)
    endpoint.await_posts(1)
    _stop(run)
    is_stopped.set()
    _stand_still(run, _SECONDS + 0.5)
    assert run.exit_code() == 3, run.log()
    attempts = 1 + len(run.named("action.retried"))
    assert attempts <= (2 if timeout == _DEADLINE else 1), run.log()
    judged(run, attempts, 3, endpoint=endpoint)
    words = "one POST" if attempts == 1 else "the attempt counts as timed out, the next one succeeds; both are told"
    tell(
        f"SIGSTOP while a request is under way, {'beyond' if timeout == _DEADLINE else 'within'} its timeout",
        f"stopped for {_SECONDS + 0.5} s, the answer comes meanwhile, `timeout: {timeout}`",
        words,
        "60 s",
    )


def test_stopped_beyond_the_grace_period(
    directory: Path, endpoint: Endpoint, main: Target, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    """A match comes back while Knell stands still, and is alive when it goes on: nothing may be done to the pod."""
    watched = rule("r", main.name, actions=[post(endpoint.url())], gracePeriod=_DEADLINE, exitCode="fromTarget")
    run = scene.enter_context(Run(directory, document(watched)))
    run.wait_for("rule.watching")
    main.end(1)
    run.wait_for("rule.grace")
    _stop(run)
    again = scene.enter_context(Target(main.name))
    _stand_still(run, _SECONDS + 0.5)
    run.wait_for("rule.resumed")
    assert endpoint.posts() == 0
    again.end(3)
    judged(run, 1, 3, endpoint=endpoint)
    tell(
        "SIGSTOP beyond `gracePeriod`",
        "a match comes back meanwhile",
        "it is seen before anything is done: watching goes on, one POST after its end",
        "60 s",
    )


def test_stopped_beyond_the_start_timeout(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    watched_name = unique_name()
    run = scene.enter_context(Run(directory, usual(watched_name, endpoint.url(), watch={"startTimeout": _DEADLINE})))
    run.wait_for("run.started")
    _stop(run)
    main = scene.enter_context(Target(watched_name))
    _stand_still(run, _SECONDS + 0.5)
    run.wait_for("rule.watching")
    assert endpoint.posts() == 0
    main.end(3)
    judged(run, 1, 3, endpoint=endpoint)
    tell(
        "SIGSTOP beyond `startTimeout`",
        "the target starts meanwhile",
        "it is seen before the timeout counts: one POST after its end",
        "60 s",
    )


def test_stopped_beyond_the_termination_timeout(
    directory: Path, endpoint: Endpoint, main: Target, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    run = scene.enter_context(Run(directory, usual(main.name, endpoint.url(), terminationTimeout=_DEADLINE)))
    run.wait_for("rule.watching")
    run.signal(signal.SIGTERM)
    run.wait_for("signal.received")
    _stop(run)
    main.end(3)
    _stand_still(run, _SECONDS + 0.5)
    code = run.exit_code()
    judged(run, 1, code, endpoint=endpoint)
    outcome = run.named("rule.fired")[0]["outcome"]
    assert (code, outcome) in ((3, "failed"), (0, "terminated")), run.log()
    tell(
        "SIGSTOP beyond `terminationTimeout`",
        "SIGTERM, then stopped while the target ends",
        f"outcome `{outcome}`, one POST",
        "60 s",
    )


@pytest.mark.parametrize("seed", range(1, 21 if FULL else 7))
def test_stopped_and_continued_all_along(
    seed: int, directory: Path, endpoint: Endpoint, main: Target, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    """Hundreds of stops, at random moments of the whole life."""
    chance = random.Random(seed)
    endpoint.scripts["/quit"] = [answer(503), answer(200, after=0.02)]
    action = post(endpoint.url()) | {"retry": {"attempts": 3, "delay": "50ms"}}
    watched = rule("r", main.name, actions=[{"sleep": "50ms"}, action], gracePeriod="50ms", exitCode="fromTarget")
    run = scene.enter_context(Run(directory, document(watched)))
    stops, ending = 0, False
    deadline = time.monotonic() + BOUND
    while run.process.poll() is None:
        assert time.monotonic() < deadline, f"it hangs:\n{run.log()}"
        if not ending and run.named("rule.watching") and chance.random() < 0.05:
            main.send(3)
            ending = True
        try:
            run.process.send_signal(signal.SIGSTOP)
            time.sleep(chance.uniform(0, 0.01))
            run.process.send_signal(signal.SIGCONT)
        except ProcessLookupError:
            break
        stops += 1
        time.sleep(chance.uniform(0, 0.005))
    assert ending, f"it ends before its target:\n{run.log()}"
    main.reap()
    judged(run, 2, 3, endpoint=endpoint)
    tell(
        f"SIGSTOP and SIGCONT all along, seed {seed}",
        f"{stops} stops of up to 10 ms over the whole life",
        "503, then 200: two POSTs for two attempts, the target's code",
        "60 s",
    )


def test_a_frozen_pod(directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge) -> None:
    """As a suspended machine or a paused container: Knell and its target stand still together, between two states."""
    group = scene.enter_context(Cgroup("freezer"))
    main = scene.enter_context(Target(wrapper=group.inside))
    watched = rule("r", main.name, actions=[post(endpoint.url())], gracePeriod=_DEADLINE, exitCode="fromTarget")
    run = scene.enter_context(Run(directory, document(watched), wrapper=group.inside))
    # However this ends: nobody in a frozen group takes even a SIGKILL.
    scene.callback(group.thaw)
    run.wait_for("rule.watching")
    for _ in range(3):
        group.freeze()
        time.sleep(0.3)  # the fault itself
        group.thaw()
    main.send(3)
    run.wait_for("rule.grace")
    group.freeze()
    time.sleep(_SECONDS + 0.5)  # the fault itself: the grace period passes
    assert endpoint.posts() == 0
    group.thaw()
    judged(run, 1, 3, endpoint=endpoint)
    tell(
        "a frozen pod",
        "freezer cgroup with Knell and its target, four times, once beyond `gracePeriod`",
        "one POST, the target's code",
        "60 s",
    )
