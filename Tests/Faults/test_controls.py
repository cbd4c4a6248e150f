"""The checks can fail: what is wrong on purpose is found, and so is what the shell loop does that Knell replaces."""

import os
import random
import signal
import subprocess
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import pytest

from support.configuration import document, post, rule, usual
from support.endpoint import Endpoint
from support.growth import Sample, growth
from support.judge import Record, faults
from support.moment import Case, Life, Sent, live, wrongs
from support.programs import ENVIRONMENT, Target, unique_name
from support.run import Run
from support.waiting import reap, wait_until

pytestmark = pytest.mark.control


def _record(run: Run, endpoint: Endpoint) -> Record:
    code = run.exit_code()
    return Record(run.events, run.other_lines, code, run.verdict(), endpoint.posts())


def _run(directory: Path, endpoint: Endpoint, scene: ExitStack, configuration: str, target: Target) -> Record:
    run = scene.enter_context(Run(directory, configuration))
    run.wait_for("rule.watching")
    target.end(3)
    return _record(run, endpoint)


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
    # What is missing in the log does not excuse the verdict.
    dropped = [{"event": "log.dropped", "time": ""}]
    assert faults(Record(dropped, [], good.exit_code, good.verdict, 1)) == []
    assert faults(Record(dropped, [], good.exit_code, {"exitCode": 0}, 1))
    assert faults(Record([], [], good.exit_code, {"exitCode": 0}, 1, has_log=False))


class Loop:
    """The line that Knell replaces, from the moment on when it sleeps for the first time, in a group of its own."""

    def __init__(self, target: str, url: str) -> None:
        line = f"while pgrep {target} >/dev/null; do sleep 0.1; done; curl -s -f -XPOST {url}"
        self.process = subprocess.Popen(["bash", "-c", line], env=ENVIRONMENT, start_new_session=True)

    def await_sleep(self) -> None:
        wait_until("the loop's sleep", self._sleeps)

    def _sleeps(self) -> bool:
        try:
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
                names = [Path(f"/proc/{child}/comm").read_text() for child in file.read().split()]
        except OSError:
            return False
        return "sleep\n" in names

    def record(self, endpoint: Endpoint) -> Record:
        """What is known when it is over: the code and the requests, for it says nothing."""
        code = reap(self.process)
        return Record([], [], code, {"exitCode": code}, endpoint.all_posts(), has_log=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        reap(self.process)


def test_the_shell_loop_loses_the_status(endpoint: Endpoint, scene: ExitStack, main: Target) -> None:
    loop = scene.enter_context(Loop(main.name, endpoint.url()))
    loop.await_sleep()
    main.end(3)
    assert faults(loop.record(endpoint), 3, 1) == ["it exits with 0, not 3"]


def test_the_shell_loop_loses_the_request_on_sigterm(endpoint: Endpoint, scene: ExitStack, main: Target) -> None:
    loop = scene.enter_context(Loop(main.name, endpoint.url()))
    loop.await_sleep()
    loop.process.terminate()
    assert faults(loop.record(endpoint), 3, 1) == ["it exits with -15, not 3", "0 POSTs have come, not 1"]
    main.end(3)


def test_the_shell_loop_does_not_wait_for_the_start(endpoint: Endpoint, scene: ExitStack) -> None:
    """Nobody is there yet, and it quits the proxy at once."""
    loop = scene.enter_context(Loop(unique_name(), endpoint.url()))
    assert faults(loop.record(endpoint), 0, 0) == ["1 POSTs have come, not 0"]


def _life(directory: Path, endpoint: Endpoint, kind: str, policy: str, aim: str, phases: tuple[str, ...]) -> Life:
    """A life that was met in one of these phases; a loaded machine may miss it now and then."""
    for number in range(1, 21):
        life = live(Case(number, policy, kind, aim, 0.005, 0), directory, endpoint)
        assert wrongs(life) == []
        if life.phase in phases:
            return life
    raise AssertionError(f"20 lives, and none was met {phases}")


def _assert_found(life: Life, changes: list[tuple[str, Any, str]]) -> None:
    """Each of these changes of the life is found, and told of in these words."""
    for name, value, words in changes:
        changed = Life(**(vars(life) | {name: value}))
        found = wrongs(changed)
        assert any(words in wrong for wrong in found), f"{name} = {value} was not found: {found}"


def test_a_broken_contract_at_a_random_moment_is_found(directory: Path, endpoint: Endpoint) -> None:
    """A life that was lived under one policy is judged with what may not be."""
    life = _life(directory, endpoint, "SIGTERM", "exit", "watching", ("watching", "grace"))
    left = life.verdict["rules"][0]["notDone"]
    assert left == ["0/exec", "1/http", "2/sleep", "3/touch"]

    def verdict(*not_done: str) -> dict[str, Any]:
        return life.verdict | {"rules": [life.verdict["rules"][0] | {"notDone": list(not_done)}]}

    changes = [
        ("exit_code", 7, "exits with 7"),
        ("exit_code", 1000, "hangs"),
        ("exit_code", 143, "exits with 143"),
        ("exit_code", -15, "killed after it has begun"),
        ("posts", 2, "2 POSTs"),
        ("posts", 1, "1 requests have come"),
        ("leftovers", 1, "run on"),
        ("verdict", {}, "the verdict tells of None"),
        ("events", [], "the log does not end"),
        ("other_lines", ["x"], "no event"),
        ("verdict", verdict(*left[:1], *left[2:]), "1/http has come to an end 0 times, and stands in notDone 0 times"),
        ("verdict", verdict(*left[:1], *left[2:]), "no POST has come"),
        ("verdict", verdict(*left, "3/touch"), "3/touch has come to an end 0 times, and stands in notDone 2 times"),
        ("verdict", verdict(*left, "4/touch"), "4/touch has come to an end 0 times"),
    ]
    _assert_found(life, changes)


def test_an_action_that_is_told_of_twice_is_found(directory: Path, endpoint: Endpoint) -> None:
    life = _life(directory, endpoint, "none", "drain", "acting", ("too late",))
    http = next(event for event in life.named("action.succeeded") if event["action"] == "1/http")
    changes = [
        ("events", [*life.events[:-1], http, life.events[-1]], "1/http has come to an end 2 times"),
        ("events", [event for event in life.events if event is not http], "1/http has come to an end 0 times"),
        ("posts", 0, "1/http has succeeded, it says, but 0 POSTs"),
        ("touched", False, "there is no file"),
    ]
    _assert_found(life, changes)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_lost_signal_is_found(name: str, directory: Path, endpoint: Endpoint) -> None:
    """A life without a signal is judged as one to which a signal was sent while it watched, and when it was over."""
    life = _life(directory, endpoint, "none", "drain", "acting", ("too late",))
    watching, over = (
        datetime.fromisoformat(life.named(event)[0]["time"]).timestamp() for event in ("rule.watching", "run.finished")
    )
    _assert_found(life, [("sent", [Sent(name, watching, watching + 0.001)], f"{name} was sent")])
    assert wrongs(Life(**(vars(life) | {"sent": [Sent(name, over, over + 0.001)]}))) == []


def test_a_second_signal_that_is_lost_is_found(directory: Path, endpoint: Endpoint) -> None:
    life = _life(directory, endpoint, "SIGTERM", "drain", "watching", ("watching", "grace"))
    fired = datetime.fromisoformat(life.named("rule.fired")[0]["time"]).timestamp()
    _assert_found(life, [("sent", [*life.sent, Sent("SIGTERM", fired, fired + 0.001)], "SIGTERM was sent")])


def test_a_lost_sighup_before_a_sigterm_is_found(directory: Path, endpoint: Endpoint) -> None:
    life = _life(directory, endpoint, "SIGHUP storm", "exit", "watching", ("watching", "grace", "acting"))
    events = [event for event in life.events if event.get("signal") != "SIGHUP"]
    _assert_found(life, [("events", events, "SIGHUP was sent")])


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
