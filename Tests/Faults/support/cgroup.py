"""Control groups of version 1, as far as the suite takes them."""

import itertools
import os
from pathlib import Path

from .waiting import wait_until

_ROOT = Path("/sys/fs/cgroup")
_numbers = itertools.count(1)


class Cgroup:
    """A group of one controller with these settings; it is removed with the block, once its processes have ended."""

    def __init__(self, controller: str, **settings: object) -> None:
        self.controller = controller
        self.path = _ROOT / controller / f"knell-faults-{os.getpid()}-{next(_numbers)}"
        self.path.mkdir()
        for name, value in settings.items():
            self.write(name, value)

    @staticmethod
    def is_there(controller: str) -> bool:
        return (_ROOT / controller / "tasks").exists()

    def write(self, name: str, value: object) -> None:
        (self.path / f"{self.controller}.{name}").write_text(str(value))

    def read(self, name: str) -> str:
        return (self.path / f"{self.controller}.{name}").read_text().strip()

    @property
    def inside(self) -> list[str]:
        """What a command has to begin with, to run in here; it stays the same process."""
        return ["/bin/sh", "-c", f'echo $$ >{self.path}/cgroup.procs && exec "$@"', "sh"]

    def __enter__(self) -> "Cgroup":
        return self

    def __exit__(self, *_: object) -> None:
        wait_until(f"the end of everybody in {self.path}", lambda: not (self.path / "cgroup.procs").read_text())
        self.path.rmdir()
