"""One life of Knell with signals at chosen moments, and what the contract says of it."""

import random
import signal
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from .configuration import document, post, rule
from .endpoint import Endpoint
from .judge import Event, Record, faults
from .programs import Target, faulty, unique_name
from .run import Run

ENDED, TERMINATED = 7, 9
# Where a signal can meet a life, in the order in which one goes through them.
PHASES = ("before it began", "waiting", "watching", "grace", "acting", "too late")
# Seconds: for how long Knell watches, its grace period, and what the first and the third action take.
_WATCHING, _GRACE, _STEP = 0.015, 0.02, 0.01
# For each phase, the event upon which the moment is drawn and the latest moment behind it, in seconds. The first one is
# counted from the start of the process, the last one goes beyond the exit.
_DRAWN: dict[str, tuple[dict[str, str], float]] = {
    "before it began": ({}, 0.005),
    "waiting": ({"name": "run.started"}, 0.02),
    "watching": ({"name": "rule.watching"}, _WATCHING),
    "grace": ({"name": "rule.grace"}, _GRACE),
    "acting": ({"name": "rule.fired"}, 2 * _STEP),
    "too late": ({"name": "action.started", "action": "2/sleep"}, 3 * _STEP),
}
_STOPS: dict[str, list[signal.Signals]] = {
    "SIGTERM": [signal.SIGTERM],
    "SIGTERM twice": [signal.SIGTERM] * 2,
    "SIGINT": [signal.SIGINT],
    "SIGHUP storm": [signal.SIGTERM],
    "none": [],
}
_ACTIONS = ("0/exec", "1/http", "2/sleep", "3/touch")
# PF_EXITING of the kernel, a bit of the seventh field behind the name in /proc/PID/stat.
_EXITING = 0x4
# The code of a life that has not come to its exit within BOUND.
HANGS = 1000


@dataclass
class Case:
    """What is done to one life."""

    number: int
    policy: str
    kind: str
    # For which phase the moment is drawn, and the seconds behind its event.
    aim: str
    moment: float
    # Seconds between two signals to stop.
    gap: float

    @staticmethod
    def drawn(number: int, kind: str, chance: random.Random) -> "Case":
        aim = PHASES[number % len(PHASES)]
        policy = chance.choice(["drain", "drain", "run", "exit"])
        return Case(number, policy, kind, aim, chance.uniform(0, _DRAWN[aim][1]), chance.uniform(0, 0.02))


@dataclass
class Sent:
    """A signal that was sent, between these readings of the wall clock."""

    name: str
    earliest: float
    latest: float


@dataclass
class Life:
    """What became of one life."""

    case: Case
    exit_code: int
    events: list[Event]
    other_lines: list[str]
    verdict: dict[str, Any]
    posts: int
    touched: bool
    sent: list[Sent]
    exit_seconds: float
    leftovers: int

    def named(self, name: str) -> list[Event]:
        return [event for event in self.events if event["event"] == name]

    @property
    def stops(self) -> list[Event]:
        """The requests to stop that the log tells of."""
        return [event for event in self.named("signal.received") if event["signal"] != "SIGHUP"]

    @property
    def phase(self) -> str:
        """Where the first signal to stop met it, by the log."""
        if self.exit_code in (-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP):
            return "before it began"
        if not self.stops:
            return "too late"
        before = [event["event"] for event in self.events[: self.events.index(self.stops[0])]]
        for event, phase in (("rule.fired", "acting"), ("rule.grace", "grace"), ("rule.watching", "watching")):
            if event in before:
                return phase
        return "waiting"


def live(case: Case, directory: Path, endpoint: Endpoint) -> Life:
    """Lives it: the target is seen, and ends some milliseconds later; meanwhile the signals come."""
    name, lingering = unique_name(), unique_name()
    place, path = directory / f"life-{case.number}", f"/life-{case.number}"
    place.mkdir()
    with ExitStack() as scene:
        # To be met while it waits, Knell must have somebody to wait for.
        waits = case.aim == "waiting"
        target = None if waits else scene.enter_context(Target(name))
        run = scene.enter_context(Run(place, _configuration(case, name, lingering, place, endpoint.url(path))))
        sent: list[Sent] = []
        sender = threading.Thread(target=_send, args=(case, run, sent), daemon=True)
        sender.start()
        if waits:
            sender.join()
            target = scene.enter_context(Target(name))
        if run.reaches("rule.watching"):
            time.sleep(_WATCHING)  # the life itself
        target.end(0)
        sender.join()
        try:
            code = run.exit_code()
        except AssertionError as error:
            code = HANGS
            run.other_lines.append(str(error))
        took = time.time() - sent[-1].latest if sent else 0
        leftovers = _running(lingering)
    return Life(
        case,
        code,
        run.events,
        run.other_lines,
        run.verdict(),
        endpoint.posts(path),
        (place / "done").exists(),
        sent,
        took,
        leftovers,
    )


def _configuration(case: Case, target: str, lingering: str, place: Path, url: str) -> str:
    actions = [
        {"exec": {"command": [faulty(), "target", lingering, _milliseconds(_STEP), "0", "quiet"]}},
        post(url),
        {"sleep": f"{_milliseconds(_STEP)}ms"},
        {"touch": str(place / "done")},
    ]
    codes = {"ended": ENDED, "terminated": TERMINATED, "actionFailed": 5}
    main = rule("r", target, actions=actions, gracePeriod=f"{_milliseconds(_GRACE)}ms", exitCode=codes)
    return document(main, onTerminate=case.policy, terminationTimeout="1s")


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f}"


def _send(case: Case, run: Run, sent: list[Sent]) -> None:
    """Sends what the case says, at its moment, and notes that."""
    event, _ = _DRAWN[case.aim]
    if event and not run.reaches(**event):
        return
    time.sleep(case.moment)  # the moment that was drawn
    for _ in range(25 if case.kind == "SIGHUP storm" else 0):
        _send_one(signal.SIGHUP, run, sent)
        time.sleep(0.0005)
    for index, number in enumerate(_STOPS[case.kind]):
        if index:
            time.sleep(case.gap)
        _send_one(number, run, sent)


def _send_one(number: signal.Signals, run: Run, sent: list[Sent]) -> None:
    earliest = time.time()
    # Nothing is sent to a process that was reaped.
    run.process.send_signal(number)
    sent.append(Sent(number.name, earliest, time.time()))


def _running(name: str) -> int:
    """How many processes of this name run on: the program of an action must have gone with Knell, or be about to."""
    count = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                head, _, rest = (entry / "stat").read_text().rpartition(")")
                if head.endswith(f"({name}") and rest.split()[0] not in "ZX":
                    count += not int(rest.split()[6]) & _EXITING and not _is_killed(entry)
            except OSError:
                continue
    return count


def _is_killed(entry: Path) -> bool:
    """Whether SIGKILL is on its way to the process, which has not had the processor since."""
    for line in (entry / "status").read_text().splitlines():
        if line.startswith(("SigPnd:", "ShdPnd:")) and int(line.split()[1], 16) >> (signal.SIGKILL - 1) & 1:
            return True
    return False


def wrongs(life: Life) -> list[str]:
    """Everything in which a life breaks the contract."""
    if life.exit_code == HANGS:
        return ["\n".join(["it hangs after the signal", *life.other_lines])]
    found = [f"{life.leftovers} programs of actions run on"] if life.leftovers else []
    if life.phase == "before it began":
        # The kernel's own doing: nothing is set up yet, so nothing can have been done.
        traces = life.events or life.posts or life.verdict or life.touched
        return found + ([f"killed after it has begun: {life.events}"] if traces else [])
    record = Record(life.events, life.other_lines, life.exit_code, life.verdict, life.posts)
    if life.exit_code not in _codes(life):
        found.append(f"it exits with {life.exit_code}, the contract says {_codes(life)}")
    if life.posts > 1:
        found.append(f"{life.posts} POSTs have come")
    return found + _unheard(life) + _unaccounted(life) + faults(record)


def _unheard(life: Life) -> list[str]:
    """The signals that Knell must have read, and does not tell of.

    Not by the time of the exit, for what comes with the last events is not read any more. But before the sleep, which is
    the last action but one, Knell waits once more, and then it reads whatever was sent before. A SIGHUP it reads before
    a request to stop that was sent later.
    """
    found = []
    sleeps = [_time(event) for event in life.named("action.started") if event["action"] == "2/sleep"]
    for sent in life.sent:
        read_until = sleeps + [_time(event) for event in life.stops if sent.name == "SIGHUP"]
        # Time stamps are cut to milliseconds. Signals of a kind that wait together are one, so the last receipt counts.
        received = [_time(event) for event in life.named("signal.received") if event["signal"] == sent.name]
        if sent.latest < max(read_until, default=0) and max(received, default=0) + 0.001 < sent.earliest:
            found.append(f"{sent.name} was sent at {sent.earliest:.4f} and never received; it slept at {sleeps}")
    return found


def _time(event: Event) -> float:
    return datetime.fromisoformat(event["time"]).timestamp()


def _unaccounted(life: Life) -> list[str]:
    """The actions that have not come to an end once, or to none and stand in `notDone`; and those that lie."""
    ended = Counter(event["action"] for event in life.events if _is_end(event))
    left = Counter(_not_done(life))
    found = [
        f"{action} has come to an end {ended[action]} times, and stands in notDone {left[action]} times"
        for action in sorted({*_ACTIONS, *ended, *left})
        if ended[action] + left[action] != (action in _ACTIONS)
    ]
    well = {event["action"] for event in life.named("action.succeeded")}
    if "1/http" in well and life.posts != 1:
        found.append(f"1/http has succeeded, it says, but {life.posts} POSTs have come")
    if not life.posts and "1/http" not in left and all(it["action"] != "1/http" for it in life.named("action.failed")):
        found.append("no POST has come, and 1/http is neither in notDone nor has it failed")
    if "3/touch" in well and not life.touched:
        found.append("3/touch has succeeded, it says, but there is no file")
    return found


def _is_end(event: Event) -> bool:
    """Whether an action has come to its end by this event; one that is left out at the exit is told of as skipped."""
    if event["event"] == "action.skipped":
        return not str(event.get("note", "")).startswith("not done:")
    return event["event"] in ("action.succeeded", "action.failed")


def _not_done(life: Life) -> list[str]:
    return [action for entry in life.verdict.get("rules", []) for action in entry.get("notDone") or []]


def _codes(life: Life) -> set[int]:
    """The codes that the contract has for what the log says of the signals and of the rule."""
    stops = [event["signal"] for event in life.stops]
    if "SIGINT" in stops:
        return {130}
    if not stops:
        return {ENDED}
    fired = life.named("rule.fired")
    if life.case.policy == "exit":
        finished = life.named("rule.finished")
        return {ENDED} if finished else {TERMINATED}
    if len(stops) == 2:
        return {143}
    return {TERMINATED} if fired and fired[0]["outcome"] == "terminated" else {ENDED}
