"""Signals at random moments of the whole life, the start and the way out included."""

import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.endpoint import Endpoint
from support.fixtures import Tell
from support.moment import HANGS, PHASES, Case, Life, live, wrongs
from support.programs import FULL
from support.waiting import BOUND

# Each is a test of its own, so that all processors take part.
_SHARE = {"SIGTERM": 250, "SIGTERM twice": 50, "SIGINT": 50, "SIGHUP storm": 50}
_PARTS = 16 if FULL else 4
# Of the whole run; `SEED=…` has the same moments again.
_SEED = os.environ.get("SEED") or os.environ.get("PYTEST_XDIST_TESTRUNUID", "0")[:8]


def _lived(cases: list[Case], directory: Path, endpoint: Endpoint) -> list[Life]:
    """The lives of these cases, some at a time; not those that would come after one that hangs."""
    lives = []
    with ThreadPoolExecutor(max_workers=4) as pool:
        try:
            for life in pool.map(lambda case: live(case, directory, endpoint), cases):
                lives.append(life)
                if life.exit_code == HANGS:
                    break
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return lives


@pytest.mark.parametrize("part", range(_PARTS))
def test_a_signal_at_a_random_moment(part: int, directory: Path, endpoint: Endpoint, tell: Tell) -> None:
    chance = random.Random(f"{_SEED}-{part}")
    kinds = [kind for kind, count in _SHARE.items() for _ in range(count)]
    chance.shuffle(kinds)
    cases = [Case.drawn(number, kind, chance) for number, kind in enumerate(kinds)]
    lives = _lived(cases, directory, endpoint)
    broken = [f"{life.case}: {wrong}" for life in lives for wrong in wrongs(life)]
    assert not broken, f"SEED={_SEED}, part {part}, {len(broken)} breaches:\n" + "\n".join(broken[:20])
    phases = Counter(life.phase for life in lives if life.case.kind == "SIGTERM")
    # But the first: between exec(2) and the first instructions of Knell lies less than a millisecond.
    missed = [phase for phase in PHASES[1:] if not phases[phase]]
    assert not missed, f"the moments miss {missed}: {phases}"
    rung = sum(life.posts == 1 for life in lives)
    slowest = max(life.exit_seconds for life in lives)
    words = ", ".join(f"{phases[phase]} {phase}" for phase in PHASES)
    others = ", ".join(f"{count} {kind}" for kind, count in _SHARE.items() if kind != "SIGTERM")
    tell(
        f"SIGTERM at {_SHARE['SIGTERM']} random moments, part {part + 1} of {_PARTS}",
        f"`SEED={_SEED}`: drawn over the phases of the life, all policies; besides {others}",
        f"SIGTERM came: {words}. Every signal that came in time is told of; codes, counts and verdicts as the contract "
        f"says; {rung} of {len(lives)} POSTs made, once each, and every action has ended once or stands in `notDone`; "
        f"the slowest exit after {slowest:.2f} s",
        f"{BOUND:g} s",
    )
