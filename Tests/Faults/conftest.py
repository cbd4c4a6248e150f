"""Fixtures, and the table at the end."""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from support.endpoint import Endpoint
from support.fixtures import Judge, Keep, Lived, Tell
from support.judge import Record, faults
from support.programs import Target
from support.run import Run

_HEAD = "| fault | how it is made | what happens | bound | verdict |\n| --- | --- | --- | --- | --- |"


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory that everybody may enter, for Knell does not always run as root."""
    path = Path(tempfile.mkdtemp(prefix="knell-faults-"))
    path.chmod(0o777)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint() as server:
        yield server


@pytest.fixture
def scene() -> Iterator[ExitStack]:
    """Ends what a test has begun, the last first."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def tell(record_property: Keep) -> Tell:
    """Puts a row into the table: the fault, how it was made, what happened, and the bound that held."""

    def put(fault: str, made: str, happened: str, bound: str) -> None:
        record_property("row", (fault, made, happened, bound))

    return put


@pytest.fixture
def main(scene: ExitStack) -> Target:
    """The process that is watched, unless a test wants it elsewhere."""
    return scene.enter_context(Target())


@pytest.fixture
def judged() -> Judge:
    def judge(run: Run, posts: int, exit_code: int, *, endpoint: Endpoint, all_posts: int | None = None) -> None:
        code = run.exit_code()
        record = Record(run.events, run.other_lines, code, run.verdict(), endpoint.all_posts(), run.has_log)
        found = faults(record, exit_code, posts if all_posts is None else all_posts)
        if endpoint.posts() != posts:
            found.append(f"{endpoint.posts()} POSTs to /quit have come, not {posts}")
        assert not found, "\n".join([*found, run.log()])

    return judge


@pytest.fixture
def lived(directory: Path, endpoint: Endpoint, scene: ExitStack, judged: Judge, main: Target) -> Lived:
    def live(
        configuration: str,
        *,
        target: Target | None = None,
        code: int = 3,
        posts: int = 1,
        meanwhile: Callable[[Run], object] | None = None,
        **of_run: Any,
    ) -> Run:
        watched = target or main
        run = scene.enter_context(Run(directory, configuration, **of_run))
        if run.has_log:
            run.wait_for("rule.watching")
        else:
            run.await_pidfd_of(watched.pid)
        if meanwhile:
            meanwhile(run)
        watched.end(3)
        judged(run, posts, code, endpoint=endpoint)
        return run

    return live


def _by_number(name: str) -> list[tuple[bool, int, str]]:
    """Numbers in a name count as such, so that 4 comes before 27."""
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", name)]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Prints the table: the rows of all tests, and the names of those that have failed before they had one."""
    # By test, so that rows of one kind stand together.
    rows: dict[str, str] = {}
    for outcome, verdict in (("passed", "held"), ("failed", "**FAILED**"), ("error", "**FAILED**")):
        for report in terminalreporter.stats.get(outcome, []):
            if report.when == "teardown" or "test_controls" in report.nodeid:
                continue
            told = [value for name, value in report.user_properties if name == "row"]
            if not told and verdict != "held":
                told = [(report.nodeid, "", "see above", "")]
            for row in told:
                rows[report.nodeid] = f"| {' | '.join(row)} | {verdict} |"
    for report in terminalreporter.stats.get("skipped", []):
        rows[report.nodeid] = f"| {report.nodeid} | | | | not made here: {report.longrepr[2]} |"
    samples = [
        value
        for report in terminalreporter.stats.get("passed", [])
        for name, value in report.user_properties
        if name == "samples"
    ]
    terminalreporter.write_line(
        "\n\n".join(["", "\n".join([_HEAD, *(rows[test] for test in sorted(rows, key=_by_number))]), *samples])
    )
