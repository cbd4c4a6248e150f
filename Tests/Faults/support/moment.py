"""One life of Knell with signals at chosen moments, and what the contract says of it."""

import json
import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .configuration import document, post, rule
from .endpoint import Endpoint
from .judge import Record, faults
from .programs import ENVIRONMENT, KNELL, faulty

ENDED, TERMINATED = 7, 9
# The life without a signal takes about this long: start, 15 ms of watching, 10 ms of grace, four actions, the exit.
LIFE = 0.13
# PF_EXITING of the kernel, a bit of the seventh field behind the name in /proc/PID/stat.
_EXITING = 0x4
# Beside what the life itself still takes; for a loaded machine.
EXIT_BOUND = 20.0


@dataclass
class Case:
    """What is done to one life."""

    number: int
    policy: str
    kind: str
    moment: float
    gap: float

    @staticmethod
    def drawn(number: int, kind: str, chance: random.Random) -> "Case":
        return Case(
            number,
            chance.choice(["drain", "drain", "run", "exit"]),
            kind,
            chance.uniform(0, LIFE),
            chance.uniform(0, 0.02),
        )


@dataclass
class Life:
    """What became of one life."""

    case: Case
    exit_code: int
    events: list[dict[str, Any]]
    other_lines: list[str]
    verdict: dict[str, Any]
    posts: int
    exit_seconds: float
    leftovers: int

    def named(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == name]

    @property
    def phase(self) -> str:
        """Where the first signal to stop met it, by the log."""
        if self.exit_code in (-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP):
            return "before it began"
        names = [event["event"] for event in self.events]
        stops = [event for event in self.named("signal.received") if event["signal"] != "SIGHUP"]
        if not stops:
            return "too late"
        before = names[: self.events.index(stops[0])]
        for event, phase in (("rule.fired", "acting"), ("rule.grace", "grace"), ("rule.watching", "watching")):
            if event in before:
                return phase
        return "waiting"


def live(case: Case, directory: Path, endpoint: Endpoint) -> Life:
    """Lives it."""
    name = f"m{os.getpid():x}n{case.number:x}"
    path = f"/moment-{case.number}"
    lingering = f"l{os.getpid():x}n{case.number:x}"
    actions = [
        {"exec": {"command": [faulty(), "target", lingering, "10", "0", "quiet"]}},
        post(endpoint.url(path)),
        {"sleep": "10ms"},
        {"touch": str(directory / f"done-{case.number}")},
    ]
    main = rule(
        "r",
        name,
        actions=actions,
        gracePeriod="10ms",
        exitCode={"ended": ENDED, "terminated": TERMINATED, "actionFailed": 5},
    )
    files = [directory / f"{kind}-{case.number}" for kind in ("config", "verdict", "log")]
    config, verdict, log = files
    config.write_text(document(main, onTerminate=case.policy, terminationTimeout="1s"))
    command = [str(KNELL), "run", "--config", str(config), "--log-format", "json", "--termination-log", str(verdict)]
    with (
        log.open("wb") as stderr,
        subprocess.Popen([faulty(), "target", name, "40", "0"], stdout=subprocess.PIPE, env=ENVIRONMENT) as target,
    ):
        assert target.stdout
        target.stdout.readline()
        knell = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=stderr, env=ENVIRONMENT)
        time.sleep(case.moment)  # the moment that was drawn
        sent = _send(case, knell)
        try:
            code = knell.wait(EXIT_BOUND)
        except subprocess.TimeoutExpired:
            knell.kill()
            knell.wait()
            code = 1000
        took = time.monotonic() - sent
    lines = log.read_bytes().decode(errors="replace")
    events, others = _parse(lines)
    text = verdict.read_text() if verdict.exists() else ""
    life = Life(case, code, events, others, json.loads(text or "{}"), endpoint.posts(path), took, _running(lingering))
    for file in files:
        file.unlink(missing_ok=True)
    return life


def _send(case: Case, knell: "subprocess.Popen[bytes]") -> float:
    """Sends what the case says; nothing is sent to a process that was reaped."""
    storm = [signal.SIGHUP] * 25 if case.kind == "SIGHUP storm" else []
    stops = {"SIGINT": [signal.SIGINT], "SIGTERM twice": [signal.SIGTERM] * 2}.get(case.kind, [signal.SIGTERM])
    for number in storm:
        knell.send_signal(number)
        time.sleep(0.0005)
    for index, number in enumerate(stops):
        if index:
            time.sleep(case.gap)
        knell.send_signal(number)
    return time.monotonic()


def _parse(text: str) -> tuple[list[dict[str, Any]], list[str]]:
    events, others = [], [] if text.endswith("\n") or not text else ["the last line has no end"]
    for line in text.splitlines():
        try:
            events.append(json.loads(line))
        except ValueError:
            others.append(line)
    return events, others


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
    if life.exit_code == 1000:
        return [f"it hangs {EXIT_BOUND:g} s after the signal"]
    found = [f"{life.leftovers} programs of actions run on"] if life.leftovers else []
    if life.phase == "before it began":
        # The kernel's own doing: nothing is set up yet, so nothing can have been done.
        return found + ([f"killed after it has begun: {life.events}"] if life.events or life.posts else [])
    record = Record(life.events, life.other_lines, life.exit_code, life.verdict, life.posts)
    done = not _not_done(life)
    if life.exit_code not in _codes(life):
        found.append(f"it exits with {life.exit_code}, the contract says {_codes(life)}")
    if done and life.posts != 1:
        found.append(f"all is done, it says, but {life.posts} POSTs have come")
    if life.posts > 1:
        found.append(f"{life.posts} POSTs have come")
    return found + faults(record)


def _not_done(life: Life) -> list[str]:
    return [action for entry in life.verdict.get("rules", []) for action in entry.get("notDone") or []]


def _codes(life: Life) -> set[int]:
    """The codes that the contract has for what the log says of the signals and of the rule."""
    stops = [event["signal"] for event in life.named("signal.received") if event["signal"] != "SIGHUP"]
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
