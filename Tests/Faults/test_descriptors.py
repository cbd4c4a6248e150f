"""Descriptors that are not to be had."""

import os
import resource
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.configuration import CODES, PERSISTENT, document, post, rule, usual
from support.endpoint import Endpoint
from support.fixtures import Judge, Lived, Tell
from support.judge import Record, faults
from support.programs import Helper, Target, unique_name
from support.run import Run
from support.waiting import wait_until

# What may come of a life, in the order in which more descriptors make it better, and in words.
_RESULTS = {
    "refused": "exit 71, says why",
    "no request": "the end is noticed, the request fails and says why, `actionFailed`",
    "polled": "polled: one POST, outcome `unknown`",
    "all": "one POST, the target's code",
}
# For these limits, from the first to the last by steps, no other results than these are right.
_ALLOWED = {
    (4, 9, 1): {"refused"},
    (10, 12, 1): {"refused", "no request"},
    (13, 18, 1): {"no request", "polled"},
    (19, 26, 1): {"polled"},
    (27, 40, 3): {"polled", "all"},
    (48, 64, 8): {"all"},
}


def _life(directory: Path, endpoint: Endpoint, scene: ExitStack, limit: int) -> str:
    """One life under a hard limit, with 60 processes to watch beside the one that ends; says what came of it."""
    main, crowd = scene.enter_context(Target()), unique_name()
    scene.enter_context(Helper("crowd", 60, crowd))
    path = f"/limit-{limit}"
    watch = {"until": "anyEnded"}
    watched = rule("r", main.name, crowd, watch=watch, actions=[post(endpoint.url(path))], exitCode=CODES)
    wrapper = ["prlimit", f"--nofile={limit}:{limit}"]
    run = scene.enter_context(Run(directory, document(watched), wrapper=wrapper))
    watches = run.reaches("rule.watching")
    is_held = watches and run.holds_pidfd_of(main.pid)
    main.end(3)
    code = run.exit_code()
    if not watches:
        # It has said why it cannot, and has done nothing.
        assert code == 71 and not run.events and len(run.other_lines) == 1, run.log()
        assert "EMFILE" in run.other_lines[0] and endpoint.posts(path) == 0, run.log()
        return "refused"
    found = faults(Record(run.events, run.other_lines, code, run.verdict(), endpoint.posts(path)))
    assert not found, "\n".join([*found, run.log()])
    # No limit here is enough for a pidfd for each.
    assert len(run.named("watch.degraded")) == 1, run.log()
    if code == 5:
        failure = run.named("action.failed", action="0/http")
        assert endpoint.posts(path) == 0 and failure and "descriptor" in failure[0]["error"], run.log()
        return "no request"
    assert endpoint.posts(path) == 1, run.log()
    if is_held:
        assert code == 3, run.log()
        return "all"
    # Looked at every 500 ms, and reaped in between: nobody can tell the status then, and the log says that. A look
    # that comes upon the zombie can.
    unknown = run.named("target.exited", source="none") and run.named("rule.fired", outcome="unknown")
    assert code == (0 if unknown else 3), run.log()
    return "polled"


@pytest.mark.parametrize("limits", _ALLOWED, ids=lambda it: f"{it[0]}-{it[1]}")
def test_a_hard_limit_too_low_for_what_is_watched(
    limits: tuple[int, int, int], directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell
) -> None:
    first, last, step = limits
    allowed = _ALLOWED[limits]
    results = {limit: _life(directory, endpoint, scene, limit) for limit in range(first, last + 1, step)}
    assert set(results.values()) <= allowed, f"not only {allowed}: {results}"
    ranks = [list(_RESULTS).index(result) for result in results.values()]
    assert ranks == sorted(ranks), f"more descriptors make it worse: {results}"
    happened = "; ".join(_in_words(results))
    if set(results.values()) != {"refused"}:
        happened += "; `watch.degraded` once: there is no descriptor for each, so some are looked for every 500 ms"
    tell("few descriptors", f"RLIMIT_NOFILE {first} to {last}, 61 processes to watch", happened, "60 s each")


def _in_words(results: dict[int, str]) -> Iterator[str]:
    for result, words in _RESULTS.items():
        if limits := [limit for limit, found in results.items() if found == result]:
            yield f"{' to '.join(map(str, sorted({min(limits), max(limits)})))}: {words}"


def _await_client(run: Run) -> None:
    """Waits until the HTTP client has its thread; a timerfd is the last that this opens."""

    def look() -> bool:
        try:
            return any("timerfd" in os.readlink(entry) for entry in Path(f"/proc/{run.pid}/fd").iterdir())
        except OSError:
            return False

    wait_until("the client's thread", look)


def _take_descriptors(run: Run) -> None:
    resource.prlimit(run.pid, resource.RLIMIT_NOFILE, (3, 4096))


def _give_descriptors(run: Run) -> None:
    resource.prlimit(run.pid, resource.RLIMIT_NOFILE, (1024, 4096))


def test_descriptors_that_are_gone_for_a_while(
    directory: Path, endpoint: Endpoint, main: Target, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    """The limit of the running process is taken to nothing and given back."""
    watched = rule("r", main.name, actions=[post(endpoint.url()) | PERSISTENT], exitCode=CODES)
    run = scene.enter_context(Run(directory, document(watched)))
    run.wait_for("rule.watching")
    _await_client(run)
    _take_descriptors(run)
    main.end(3)
    run.wait_for("scan.failed")
    _give_descriptors(run)
    judged(run, 1, 3, endpoint=endpoint)
    tell(
        "descriptors gone, freed later",
        "prlimit(2) of the running Knell to 3 when the target ends, back to 1,024 after the first failed look",
        "`scan.failed` once, then the look that was missing, one POST after "
        f"{run.events[-1]['came'] - run.named('scan.failed')[0]['came']:.1f} s",
        "60 s",
    )


def test_descriptors_that_are_gone_during_the_request(
    directory: Path, endpoint: Endpoint, main: Target, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    # An action before the request that ends when the test says so: this is how it gets between the two.
    gate = directory / "gate"
    os.mkfifo(gate)
    opener = os.open(gate, os.O_RDWR)
    scene.callback(os.close, opener)
    wait = {"exec": {"command": ["/bin/sh", "-c", f"read line <{gate}"]}, "timeout": "60s"}
    actions = [wait, post(endpoint.url()) | PERSISTENT]
    run = scene.enter_context(Run(directory, document(rule("r", main.name, actions=actions, exitCode=CODES))))
    run.wait_for("rule.watching")
    main.end(3)
    run.wait_for("action.started", action="0/exec")
    _take_descriptors(run)
    os.write(opener, b"\n")
    run.wait_for("action.retried", 5, action="1/http")
    assert endpoint.posts() == 0
    _give_descriptors(run)
    judged(run, 1, 3, endpoint=endpoint)
    retries = len(run.named("action.retried"))
    tell(
        "no descriptor for the request",
        "prlimit(2) of the running Knell to 3 before the request, back after five attempts",
        f"{retries} attempts fail and are told, one POST with the next",
        "60 s",
    )


def test_descriptors_that_never_come_back(endpoint: Endpoint, main: Target, lived: Lived, tell: Tell) -> None:
    def take(run: Run) -> None:
        _await_client(run)
        _take_descriptors(run)

    run = lived(usual(main.name, endpoint.url()), meanwhile=take, posts=0, code=5)
    assert run.named("rule.fired")[0].get("error"), run.log()
    took = run.named("rule.fired")[0]["came"] - run.named("target.exited")[0]["came"]
    tell(
        "descriptors gone for good",
        "prlimit(2) of the running Knell to 3 before the target ends",
        f"after ten failed looks, {took:.1f} s, the end is taken for granted and said so; the request fails and says "
        "why; `actionFailed`",
        "60 s",
    )
