"""The types of the fixtures that are functions."""

from collections.abc import Callable
from typing import Protocol

from .endpoint import Endpoint
from .run import Run

# Puts a row into the table: the fault, how it was made, what happened, and the bound that held.
Tell = Callable[[str, str, str, str], None]

# Keeps a value with the test's report.
Keep = Callable[[str, object], None]


class Judge(Protocol):
    """Holds a run that is over against what was expected of it and against its own log."""

    def __call__(self, run: Run, posts: int, exit_code: int, *, endpoint: Endpoint) -> None: ...
