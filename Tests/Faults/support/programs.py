"""The binary under test and the suite's own helper, and processes that run them."""

import itertools
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Self

from .waiting import BOUND, Lines, reap

REPOSITORY = Path(__file__).resolve().parents[3]
KNELL = Path(os.environ.get("KNELL_BINARY", REPOSITORY / ".build-release" / "knell")).resolve()
FULL = bool(os.environ.get("FULL"))

# Nothing of the suite's own environment, in which a variable could be that Knell reads.
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}

_numbers = itertools.count(1)


def unique_name() -> str:
    """A process name that nobody else on the machine has, short enough that the kernel does not cut it."""
    return f"t{os.getpid():x}n{next(_numbers):x}"


@cache
def faulty() -> str:
    """The helper's path; `run` has compiled it."""
    path = os.environ.get("FAULTY")
    if not path:
        raise RuntimeError("FAULTY is not set: start the suite by `make faults`")
    return path


class Helper:
    """A part of the helper that runs, from the moment on when it is ready until the end of the block."""

    def __init__(self, *arguments: object, wrapper: list[str] | None = None) -> None:
        command = [*(wrapper or []), faulty(), *map(str, arguments)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT, bufsize=0
        )
        assert self.process.stdout
        self._lines = Lines(self.process.stdout.fileno())
        try:
            self._await_ready()
        except BaseException:
            self.close()
            raise

    def _await_ready(self) -> None:
        line = self.read()
        assert line == "ready", f"{self.process.args} says {line!r}"

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def lives(self) -> bool:
        return self.process.poll() is None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, within: float = BOUND) -> str:
        return self._lines.next(within)

    def send(self, line: object) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n".encode())

    def reap(self, within: float = BOUND) -> int:
        """Waits until it has ended by itself; its code."""
        return reap(self.process, within)

    def end(self, line: object = "0") -> int:
        """Has a target exit with this code, and reaps it."""
        self.send(line)
        return self.reap()

    def close(self) -> None:
        self.process.kill()
        self.reap()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()


class Target(Helper):
    """A process of a name of its own, to be watched."""

    def __init__(self, name: str | None = None, wrapper: list[str] | None = None) -> None:
        self.name = name or unique_name()
        super().__init__("target", self.name, wrapper=wrapper)
