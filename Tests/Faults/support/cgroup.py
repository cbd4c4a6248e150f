"""Control groups, of version 1 where the machine has the controller there, else of version 2."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Self

from .machine import lacks
from .waiting import wait_until

_ROOT = Path("/sys/fs/cgroup")


# By kind and version, the files of a limit and what is written into them. The limits are bytes, processes, and
# microseconds in 100 ms; of the freezer, whether to freeze.
_SETTINGS: dict[tuple[str, int], Callable[[int], dict[str, object]]] = {
    ("memory", 1): lambda size: {"memory.limit_in_bytes": size},
    ("memory", 2): lambda size: {"memory.max": size, "memory.swap.max": 0},
    ("pids", 1): lambda count: {"pids.max": count},
    ("pids", 2): lambda count: {"pids.max": count},
    ("cpu", 1): lambda quota: {"cpu.cfs_period_us": 100_000, "cpu.cfs_quota_us": quota},
    ("cpu", 2): lambda quota: {"cpu.max": f"{quota} 100000"},
    ("freezer", 1): lambda frozen: {"freezer.state": "FROZEN" if frozen else "THAWED"},
    ("freezer", 2): lambda frozen: {"cgroup.freeze": int(frozen)},
}
# Not every kernel and configuration has them.
_OPTIONAL = {"memory.swap.max"}


class Cgroup:
    """A group of one kind: `memory`, `pids`, `cpu` or `freezer`, with this limit.

    It is removed with the block, once its processes have ended. Where the machine has no such groups the test is left
    out, see `lacks`.
    """

    def __init__(self, kind: str, limit: int | None = None) -> None:
        self.kind = kind
        self.version, parent = _parent(kind)
        self.path = parent / f"knell-faults-{secrets.token_hex(4)}"
        self.path.mkdir()
        if limit is not None:
            self.limit(limit)

    def limit(self, value: int) -> None:
        for name, setting in _SETTINGS[self.kind, self.version](value).items():
            if name not in _OPTIONAL or (self.path / name).exists():
                (self.path / name).write_text(str(setting))

    def lift_pids(self) -> None:
        """Takes the limit of processes away."""
        (self.path / "pids.max").write_text("max")

    def freeze(self) -> None:
        """Stops everybody in the group, and returns when they stand still."""
        self.limit(1)
        wait_until("the freeze", self._is_frozen)

    def thaw(self) -> None:
        self.limit(0)

    def _is_frozen(self) -> bool:
        if self.version == 1:
            return self._read("freezer.state") == "FROZEN"
        return self._number("cgroup.events", "frozen") == 1

    def memory_peak(self) -> int:
        """The most bytes that the group ever had, the page cache included."""
        return int(self._read("memory.max_usage_in_bytes" if self.version == 1 else "memory.peak"))

    def memory_met(self) -> int:
        """How often the limit of memory was met."""
        return int(self._read("memory.failcnt")) if self.version == 1 else self._number("memory.events", "max")

    def memory_killed(self) -> int:
        """How many processes were killed for want of memory."""
        return self._number("memory.oom_control" if self.version == 1 else "memory.events", "oom_kill")

    def _read(self, name: str) -> str:
        return (self.path / name).read_text().strip()

    def _number(self, name: str, key: str) -> int:
        """The number of this key in a file of a key and a number a line."""
        return int(dict(line.split() for line in self._read(name).splitlines())[key])

    @property
    def inside(self) -> list[str]:
        """What a command has to begin with, to run in here; it stays the same process."""
        return ["/bin/sh", "-c", f'echo $$ >{self.path}/cgroup.procs && exec "$@"', "sh"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        wait_until(f"the end of everybody in {self.path}", lambda: not self._read("cgroup.procs"))
        self.path.rmdir()


def _parent(kind: str) -> tuple[int, Path]:
    """The version that has groups of this kind here, and the directory in which one can be made."""
    if (_ROOT / kind / "tasks").exists():
        return 1, _ROOT / kind
    if not (_ROOT / "cgroup.controllers").exists():
        lacks(f"no {kind} controller of version 1 and no control groups of version 2")
    # Freezing is a part of version 2 itself and no controller.
    if kind != "freezer":
        if kind not in (_ROOT / "cgroup.controllers").read_text().split():
            lacks(f"no {kind} controller, neither of version 1 nor of version 2")
        if kind not in (_ROOT / "cgroup.subtree_control").read_text().split():
            try:
                (_ROOT / "cgroup.subtree_control").write_text(f"+{kind}")
            except OSError as error:
                # In a container's own root there are processes, so that groups below it may have no controllers.
                lacks(f"the {kind} controller of version 2 cannot be enabled for groups below {_ROOT}: {error}")
    return 2, _ROOT
