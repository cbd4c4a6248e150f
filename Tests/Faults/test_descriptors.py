"""Descriptors that are not to be had."""

import os
import resource
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.configuration import document, post, rule, usual
from support.endpoint import Endpoint
from support.fixtures import Judge, Tell
from support.judge import Record, faults
from support.programs import Helper, Target, unique_name
from support.run import Run
from support.waiting import wait_until


def _limited(count: int) -> list[str]:
    return ["prlimit", f"--nofile={count}:{count}"]


def _life(directory: Path, endpoint: Endpoint, scene: ExitStack, limit: int) -> tuple[str, Run]:
    """One life under a hard limit, with 60 processes to watch beside the one that ends; says what came of it."""
    main, crowd = scene.enter_context(Target()), unique_name()
    scene.enter_context(Helper("crowd", 60, crowd))
    path = f"/limit-{limit}"
    watched = rule(
        "r",
        main.name,
        crowd,
        watch={"until": "anyEnded"},
        actions=[post(endpoint.url(path))],
        exitCode={"ended": "fromTarget", "actionFailed": 5},
    )
    run = scene.enter_context(Run(directory, document(watched), wrapper=_limited(limit)))
    if run.process.poll() is None:
        # It watches, or has said why it cannot, or goes without a look at the process table.
        try:
            run.wait_for("rule.watching")
        except AssertionError:
            pass
    main.end(3)
    code = run.exit_code()
    if code in (66, 71):
        assert not run.events and len(run.other_lines) == 1, run.log()
        assert "EMFILE" in run.other_lines[0], run.log()
        assert endpoint.posts(path) == 0
        return str(code), run
    found = faults(Record(run.events, run.other_lines, code, run.verdict(), endpoint.posts(path)))
    assert not found, "\n".join([*found, run.log()])
    if code == 3:
        assert endpoint.posts(path) == 1
        return "all", run
    if code == 0:
        # Looked at every 500 ms, and reaped in between: nobody can tell the status then, and the log says that.
        assert endpoint.posts(path) == 1 and run.named("watch.degraded"), run.log()
        assert run.named("target.exited", source="none") and run.named("rule.fired", outcome="unknown"), run.log()
        return "unknown", run
    assert code == 5 and endpoint.posts(path) == 0, run.log()
    failure = run.named("action.failed", action="0/http")
    assert failure and "descriptor" in failure[0]["error"], run.log()
    return "no request", run


@pytest.mark.parametrize(
    "limits", [(4, 9), (10, 12), (13, 18), (19, 26), (27, 40), (48, 64)], ids=lambda it: f"{it[0]}-{it[1]}"
)
def test_a_hard_limit_too_low_for_what_is_watched(
    limits: tuple[int, int], directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell
) -> None:
    steps = {(48, 64): 8, (27, 40): 3}.get(limits, 1)
    results: dict[str, list[int]] = {}
    polled = 0
    for limit in range(limits[0], limits[1] + 1, steps):
        result, run = _life(directory, endpoint, scene, limit)
        results.setdefault(result, []).append(limit)
        polled += bool(run.named("watch.degraded"))
    words = {
        "66": "exit 66, says why", "71": "exit 71, says why",
        "no request": "the end is noticed, the request fails and says why, `actionFailed`",
        "unknown": "polled: one POST, outcome `unknown`",
        "all": "one POST, the target's code",
    }  # fmt: skip
    happened = "; ".join(f"{min(found)} to {max(found)}: {words[result]}" for result, found in results.items())
    if polled:
        happened += f"; {polled} of {sum(map(len, results.values()))} runs without a pidfd for each, told once"
    tell("few descriptors", f"RLIMIT_NOFILE {limits[0]} to {limits[1]}, 61 processes to watch", happened, "60 s each")


def _await_client(run: Run) -> None:
    """Waits until the HTTP client has its thread; a timerfd is the last that this opens."""

    def look() -> bool:
        try:
            return any("timerfd" in os.readlink(entry) for entry in Path(f"/proc/{run.pid}/fd").iterdir())
        except OSError:
            return False

    wait_until("the client's thread", look)


def test_descriptors_that_are_gone_for_a_while(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    """The limit of the running process is taken to nothing and given back."""
    main = scene.enter_context(Target())
    watched = rule(
        "r",
        main.name,
        exitCode={"ended": "fromTarget", "actionFailed": 5},
        actions=[post(endpoint.url()) | {"retry": {"attempts": 100, "delay": "50ms", "maxDelay": "100ms"}}],
    )
    run = scene.enter_context(Run(directory, document(watched)))
    run.wait_for("rule.watching")
    _await_client(run)
    resource.prlimit(run.pid, resource.RLIMIT_NOFILE, (3, 4096))
    main.end(3)
    run.wait_for("scan.failed")
    resource.prlimit(run.pid, resource.RLIMIT_NOFILE, (1024, 4096))
    judged(run, 1, 3, endpoint=endpoint)
    tell(
        "descriptors gone, freed later",
        "prlimit(2) of the running Knell to 3 when the target ends, back to 1,024 after the first failed look",
        "`scan.failed` once, then the look that was missing, one POST after "
        f"{run.events[-1]['came'] - run.named('scan.failed')[0]['came']:.1f} s",
        "60 s",
    )


def test_descriptors_that_are_gone_during_the_request(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    main = scene.enter_context(Target())
    request = post(endpoint.url()) | {"retry": {"attempts": 100, "delay": "50ms", "maxDelay": "100ms"}}
    gate = {"sleep": "300ms"}
    watched = rule("r", main.name, exitCode={"ended": "fromTarget", "actionFailed": 5}, actions=[gate, request])
    run = scene.enter_context(Run(directory, document(watched)))
    run.wait_for("rule.watching")
    main.end(3)
    run.wait_for("action.started", action="0/sleep")
    resource.prlimit(run.pid, resource.RLIMIT_NOFILE, (3, 4096))
    run.wait_for("action.retried", 5, action="1/http")
    assert endpoint.posts() == 0
    resource.prlimit(run.pid, resource.RLIMIT_NOFILE, (1024, 4096))
    judged(run, 1, 3, endpoint=endpoint)
    retries = len(run.named("action.retried"))
    tell(
        "no descriptor for the request",
        "prlimit(2) of the running Knell to 3 before the request, back after five attempts",
        f"{retries} attempts fail and are told, one POST with the next",
        "60 s",
    )


def test_descriptors_that_never_come_back(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    main = scene.enter_context(Target())
    run = scene.enter_context(Run(directory, usual(main.name, endpoint.url())))
    run.wait_for("rule.watching")
    _await_client(run)
    resource.prlimit(run.pid, resource.RLIMIT_NOFILE, (3, 4096))
    main.end(3)
    judged(run, 0, 5, endpoint=endpoint)
    assert run.named("rule.fired")[0].get("error"), run.log()
    took = run.named("rule.fired")[0]["came"] - run.named("target.exited")[0]["came"]
    tell(
        "descriptors gone for good",
        "prlimit(2) of the running Knell to 3 before the target ends",
        f"after ten failed looks, {took:.1f} s, the end is taken for granted and said so; the request fails and says "
        "why; `actionFailed`",
        "60 s",
    )
