"""The binary under test and the suite's own helper, and processes that run them."""

import itertools
import os
import subprocess
from functools import cache
from pathlib import Path

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
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT, text=True, bufsize=1
        )
        if (line := self.read()) != "ready":
            self.close()
            raise AssertionError(f"{command} says {line!r}")

    @property
    def pid(self) -> int:
        return self.process.pid

    def __enter__(self) -> "Helper":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().rstrip("\n")

    def send(self, line: object) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")

    def end(self, line: object = "0") -> int:
        """Has a target exit with this code, and reaps it."""
        self.send(line)
        return self.process.wait()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                try:
                    stream.close()
                except BrokenPipeError:
                    pass


class Target(Helper):
    """A process of a name of its own, to be watched."""

    def __init__(self, name: str | None = None, wrapper: list[str] | None = None) -> None:
        self.name = name or unique_name()
        super().__init__("target", self.name, wrapper=wrapper)
