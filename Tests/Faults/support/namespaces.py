"""Namespaces, with a first process that reaps."""

import ctypes
import subprocess
from collections.abc import Callable
from typing import TypeVar

from .programs import ENVIRONMENT, Helper
from .waiting import BOUND, wait_until

Value = TypeVar("Value")

_FLAGS = {"pid": "--pid", "mount": "--mount", "net": "--net", "time": "--time"}
_LIBC = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET = 0x40000000


class Namespace(Helper):
    """Namespaces of these kinds; `pid` has a /proc of its own. They are gone with the block, and everybody in them."""

    def __init__(self, *kinds: str, options: list[str] | None = None) -> None:
        self.kinds = kinds
        unshare = ["unshare", *(_FLAGS[kind] for kind in kinds), *(options or []), "--fork", "--kill-child"]
        if "pid" in kinds:
            unshare.append("--mount-proc")
        super().__init__("hold", wrapper=unshare)
        self.first = int(wait_until("the first process", self._children)[0])

    def _children(self) -> list[str]:
        with open(f"/proc/{self.pid}/task/{self.pid}/children") as file:
            return file.read().split()

    @property
    def inside(self) -> list[str]:
        """What a command has to begin with, to run in here."""
        kinds = {*self.kinds, *(["mount"] if "pid" in self.kinds else [])}
        flags = [_FLAGS[kind] for kind in ("pid", "mount", "net", "time") if kind in kinds]
        return ["nsenter", "--target", str(self.first), *flags, "--"]

    def run(self, *command: object) -> str:
        """Runs a command in here to its end, which has to be a good one."""
        done = self.try_to_run(*command)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout

    def try_to_run(self, *command: object) -> "subprocess.CompletedProcess[str]":
        """Runs a command in here to its end."""
        whole = [*self.inside, *map(str, command)]
        return subprocess.run(whole, env=ENVIRONMENT, capture_output=True, text=True, timeout=BOUND)

    def in_network(self, work: Callable[[], Value]) -> Value:
        """Does something in the network namespace; only this thread goes there, and sockets stay that it makes."""
        with open("/proc/thread-self/ns/net") as home, open(f"/proc/{self.first}/ns/net") as abroad:
            _enter(abroad.fileno())
            try:
                return work()
            finally:
                _enter(home.fileno())


def _enter(descriptor: int) -> None:
    if _LIBC.setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
