"""The checks can fail: what is wrong on purpose is found, and so is what the shell loop does that Knell replaces."""

import random
import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.configuration import document, post, rule, usual
from support.endpoint import Endpoint
from support.growth import Sample, growth
from support.judge import Record, faults
from support.moment import Case, Life, live, wrongs
from support.programs import ENVIRONMENT, Target
from support.run import Run

pytestmark = pytest.mark.control


def _record(run: Run, endpoint: Endpoint) -> Record:
    code = run.exit_code()
    return Record(run.events, run.other_lines, code, run.verdict(), endpoint.posts())


def _run(directory: Path, endpoint: Endpoint, scene: ExitStack, configuration: str, target: Target) -> Record:
    run = scene.enter_context(Run(directory, configuration))
    run.wait_for("rule.watching")
    target.end(3)
    return _record(run, endpoint)


@pytest.fixture
def main(scene: ExitStack) -> Target:
    return scene.enter_context(Target())


def test_a_good_run_has_no_faults(directory: Path, endpoint: Endpoint, scene: ExitStack, main: Target) -> None:
    assert faults(_run(directory, endpoint, scene, usual(main.name, endpoint.url()), main), 3, 1) == []


def test_a_request_too_few_or_too_many_is_found(
    directory: Path, endpoint: Endpoint, scene: ExitStack, main: Target
) -> None:
    none = document(rule("r", main.name, exitCode="fromTarget"))
    assert faults(_run(directory, endpoint, scene, none, main), 3, 1) == ["0 POSTs have come, not 1"]
    again = scene.enter_context(Target())
    twice = document(rule("r", again.name, actions=[post(endpoint.url())] * 2, exitCode="fromTarget"))
    assert faults(_run(directory, endpoint, scene, twice, again), 3, 1) == ["2 POSTs have come, not 1"]


def test_a_wrong_code_is_found(directory: Path, endpoint: Endpoint, scene: ExitStack, main: Target) -> None:
    wrong = document(rule("r", main.name, actions=[post(endpoint.url())], exitCode=0))
    assert faults(_run(directory, endpoint, scene, wrong, main), 3, 1) == ["it exits with 0, not 3"]


def test_a_killed_run_is_found(directory: Path, endpoint: Endpoint, scene: ExitStack, main: Target) -> None:
    run = scene.enter_context(Run(directory, usual(main.name, endpoint.url())))
    run.wait_for("rule.watching")
    run.signal(signal.SIGKILL)
    found = faults(_record(run, endpoint), 3, 1)
    assert "it exits with -9, not 3" in found and "0 POSTs have come, not 1" in found
    assert any("does not end with the run" in fault for fault in found)


def test_a_log_that_lies_is_found(directory: Path, endpoint: Endpoint, scene: ExitStack, main: Target) -> None:
    good = _run(directory, endpoint, scene, usual(main.name, endpoint.url()), main)
    lies = {
        "without a line": [event for event in good.events if event["event"] != "rule.fired"],
        "with another code": [
            event | ({"exitCode": 0} if event["event"] == "run.finished" else {}) for event in good.events
        ],
        "cut off": good.events[:-1],
    }
    for name, events in lies.items():
        assert faults(Record(events, [], good.exit_code, good.verdict, good.posts), 3, 1), name
    assert faults(Record(good.events, [], good.exit_code, good.verdict, 0))
    assert faults(Record(good.events, [], good.exit_code, good.verdict, 2))
    assert faults(Record(good.events, ["half a li"], good.exit_code, good.verdict, 1))
    assert faults(Record(good.events, [], good.exit_code, {"exitCode": 0}, 1))


def test_the_shell_loop_is_found_wanting(endpoint: Endpoint, scene: ExitStack, main: Target) -> None:
    """The line that Knell replaces, held against the same counts: it loses the status, and on SIGTERM the request."""
    url = endpoint.url()
    loop = f"while pgrep {main.name} >/dev/null; do sleep 0.1; done; curl -s -f -XPOST {url}"
    shell = subprocess.Popen(["bash", "-c", loop], env=ENVIRONMENT)
    scene.callback(shell.kill)
    main.end(3)
    # The target has ended with 3; the loop knows nothing of that.
    assert shell.wait() == 0 and endpoint.posts() == 1
    ended = scene.enter_context(Target())
    asked = subprocess.Popen(["bash", "-c", loop.replace(main.name, ended.name)], env=ENVIRONMENT)
    scene.callback(asked.kill)
    asked.terminate()
    assert asked.wait() == -15 and endpoint.posts() == 1
    # Nobody is there yet: it does not wait, and quits the proxy at once.
    early = subprocess.run(["bash", "-c", loop.replace(main.name, "nobody-is-called-so")], env=ENVIRONMENT)
    assert early.returncode == 0 and endpoint.posts() == 2


def test_a_broken_contract_at_a_random_moment_is_found(directory: Path, endpoint: Endpoint) -> None:
    """A life that was lived under one policy is judged as one under another, and with what may not be."""
    chance = random.Random(1)
    while True:
        case = Case.drawn(1, "SIGTERM", chance)
        case.policy, case.moment = "exit", 0.035
        life = live(case, directory, endpoint)
        if life.phase in ("watching", "grace"):
            break
    assert wrongs(life) == []
    changes = [
        ("exit_code", 7),
        ("exit_code", 1000),
        ("exit_code", 143),
        ("posts", 2),
        ("posts", 1),
        ("leftovers", 1),
        ("verdict", {}),
        ("events", []),
        ("other_lines", ["x"]),
    ]
    for name, value in changes:
        changed = Life(**(vars(life) | {name: value}))
        assert wrongs(changed), f"{name} = {value} was not found"


@pytest.mark.parametrize(
    ("leak", "word"), [((1, 0, 0), "descriptors"), ((0, 1, 0), "threads"), ((0, 0, 100), "private memory")]
)
def test_a_leak_is_found(leak: tuple[int, int, int], word: str) -> None:
    noise = random.Random(1)
    samples = [
        Sample(
            number * 500,
            20 + noise.randrange(9) + leak[0] * number,
            3 + noise.randrange(2) + leak[1] * number,
            5000,
            1200 + noise.randrange(100) + leak[2] * number,
        )
        for number in range(20)
    ]  # fmt: skip
    found = growth(samples, 256)
    assert len(found) == 1 and found[0].startswith(word)


def test_what_only_goes_up_and_down_is_no_leak() -> None:
    noise = random.Random(1)
    samples = [Sample(number, 20 + noise.randrange(9), 3, 5000, 1200 + noise.randrange(200)) for number in range(20)]
    assert growth(samples, 256) == []
