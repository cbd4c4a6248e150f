"""The types of the fixtures that are functions."""

from collections.abc import Callable
from typing import Any, Protocol

from .endpoint import Endpoint
from .programs import Target
from .run import Run

# Puts a row into the table: the fault, how it was made, what happened, and the bound that held.
Tell = Callable[[str, str, str, str], None]

# Keeps a value with the test's report.
Keep = Callable[[str, object], None]


class Judge(Protocol):
    """Holds a run that is over against what was expected of it, against its verdict, and against its log if it has one.

    The POSTs are those to `/quit`, and to all paths they are as many unless `all_posts` says otherwise.
    """

    def __call__(
        self, run: Run, posts: int, exit_code: int, *, endpoint: Endpoint, all_posts: int | None = None
    ) -> None: ...


class Lived(Protocol):
    """Lives the life that most tests are made of, judges it, and returns the run.

    Knell is started, waited for until it watches, the target (`main` unless another is given) ends with 3, and Knell
    has to exit with `code` after `posts` POSTs. `meanwhile` is done between, while Knell watches. Whatever else is
    given is the run's: `wrapper`, `options`, `environment`, `stderr`, `config_path`.
    """

    def __call__(
        self,
        configuration: str,
        *,
        target: Target | None = None,
        code: int = 3,
        posts: int = 1,
        meanwhile: Callable[[Run], object] | None = None,
        **of_run: Any,
    ) -> Run: ...
