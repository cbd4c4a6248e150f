"""Fixtures, and the table at the end."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from support.endpoint import Endpoint
from support.fixtures import Judge, Keep, Tell
from support.judge import Record, faults
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
def judged() -> Judge:
    """Holds a run that is over against what was expected of it and against its own log."""

    def judge(run: Run, posts: int, exit_code: int, *, endpoint: Endpoint) -> None:
        code = run.exit_code()
        record = Record(run.events, run.other_lines, code, run.verdict(), endpoint.posts())
        found = faults(record, exit_code, posts)
        assert not found, "\n".join([*found, run.log()])

    return judge


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
    terminalreporter.write_line("\n\n".join(["", "\n".join([_HEAD, *(rows[test] for test in sorted(rows))]), *samples]))
