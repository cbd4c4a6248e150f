"""Waiting with a bound, for what tells nobody when it happens."""

import os
import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

# The longest that anything is waited for, on a machine with all of its processors busy.
BOUND = float(os.environ.get("BOUND", "60"))


def wait_until(what: str, look: Callable[[], Value], within: float = BOUND) -> Value:
    """Looks again and again until there is something to see, and returns that."""
    deadline = time.monotonic() + within
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {what}")
        time.sleep(0.002)
    return found
