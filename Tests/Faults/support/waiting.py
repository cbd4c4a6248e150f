"""Waiting with a bound, for what tells nobody when it happens, and for the end of a process."""

import os
import select
import subprocess
import time
from collections.abc import Callable
from typing import Any, TypeVar

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


def reap(process: "subprocess.Popen[Any]", within: float = BOUND) -> int:
    """Waits for the end of a child, and reaps it at once; Popen.wait with a timeout looks every 50 ms."""
    code = reap_within(process, within)
    assert code is not None, f"{process.args} has not ended within {within:g} s"
    return code


def reap_within(process: "subprocess.Popen[Any]", within: float) -> int | None:
    """As `reap`; nothing where it has not ended."""
    if process.poll() is None:
        try:
            descriptor = os.pidfd_open(process.pid)
        except ProcessLookupError:
            # Another thread has reaped it since, or is about to say so.
            return process.wait(BOUND)
        try:
            waiter = select.poll()
            waiter.register(descriptor, select.POLLIN)
            if not waiter.poll(within * 1000):
                return None
        finally:
            os.close(descriptor)
    return process.wait(BOUND)


class Lines:
    """The lines of a pipe, each waited for with a bound."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""

    def next(self, within: float = BOUND) -> str:
        """The next line without its end; at the end of all, what there is."""
        deadline = time.monotonic() + within
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._descriptor], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"no line within {within:g} s, only {self._rest!r}"
            part = os.read(self._descriptor, 65536)
            if not part:
                break
            self._rest += part
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode()
