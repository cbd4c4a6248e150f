"""Signals at random moments of the whole life, the start and the way out included."""

import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.endpoint import Endpoint
from support.fixtures import Tell
from support.moment import EXIT_BOUND, LIFE, Case, live, wrongs
from support.programs import FULL

# Each is a test of its own, so that all processors take part.
_SHARE = {"SIGTERM": 250, "SIGTERM twice": 50, "SIGINT": 50, "SIGHUP storm": 50}
_PARTS = 16 if FULL else 4
# Of the whole run; `SEED=…` has the same moments again.
_SEED = os.environ.get("SEED") or os.environ.get("PYTEST_XDIST_TESTRUNUID", "0")[:8]


@pytest.mark.parametrize("part", range(_PARTS))
def test_a_signal_at_a_random_moment(part: int, directory: Path, endpoint: Endpoint, tell: Tell) -> None:
    chance = random.Random(f"{_SEED}-{part}")
    kinds = [kind for kind, count in _SHARE.items() for _ in range(count)]
    chance.shuffle(kinds)
    cases = [Case.drawn(number, kind, chance) for number, kind in enumerate(kinds)]
    with ThreadPoolExecutor(max_workers=4) as pool:
        lives = list(pool.map(lambda case: live(case, directory, endpoint), cases))
    broken = [f"{life.case}: {wrong}" for life in lives for wrong in wrongs(life)]
    assert not broken, f"SEED={_SEED}, part {part}, {len(broken)} breaches:\n" + "\n".join(broken[:20])
    phases = Counter(life.phase for life in lives if life.case.kind == "SIGTERM")
    assert all(phases[phase] for phase in ("watching", "acting")), f"the moments miss much of the life: {phases}"
    rung = sum(life.posts == 1 for life in lives)
    slowest = max(life.exit_seconds for life in lives)
    words = ", ".join(
        f"{phases[phase]} {phase}"
        for phase in ("before it began", "waiting", "watching", "grace", "acting", "too late")
    )
    others = ", ".join(f"{count} {kind}" for kind, count in _SHARE.items() if kind != "SIGTERM")
    tell(
        f"SIGTERM at {_SHARE['SIGTERM']} random moments, part {part + 1} of {_PARTS}",
        f"`SEED={_SEED}`: 0 to {LIFE * 1000:.0f} ms after the start, all policies; besides {others}",
        f"SIGTERM came: {words}. Codes, counts and verdicts as the contract says; {rung} of {len(lives)} POSTs made, "
        f"once each, the others in `notDone`; the slowest exit after {slowest:.2f} s",
        f"{EXIT_BOUND:g} s",
    )
