"""Full disks, and logs that nobody takes."""

import fcntl
import json
import os
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.configuration import CODES, document, post, rule, usual
from support.endpoint import Endpoint
from support.fixtures import Judge, Lived, Tell
from support.programs import Target, unique_name
from support.run import Run
from support.waiting import BOUND


@pytest.fixture
def small_disk(directory: Path, scene: ExitStack) -> Callable[[str], Path]:
    """Makes a tmpfs with these options; it is unmounted at the end."""

    def make(options: str) -> Path:
        path = directory / f"disk-{unique_name()}"
        path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(path)], check=True, timeout=BOUND)
        scene.callback(subprocess.run, ["umount", "--lazy", str(path)], check=True, timeout=BOUND)
        return path

    return make


def _fill(disk: Path) -> None:
    with open(disk / "filler", "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass


_DONE = "one POST, the target's code, the verdict is written"


def test_the_log_is_on_a_full_disk(
    small_disk: Callable[[str], Path], endpoint: Endpoint, main: Target, lived: Lived, tell: Tell
) -> None:
    disk = small_disk("size=16k,nr_inodes=8")
    with open(disk / "log", "wb") as log:
        _fill(disk)
        lived(usual(main.name, endpoint.url(), watch={"startTimeout": "10s"}), stderr=log)
    size = (disk / "log").stat().st_size
    assert size == 0
    tell("the log on a full disk", "standard error is a file on a full tmpfs", f"{_DONE}; {size} bytes of log", "60 s")


def test_the_termination_log_is_on_a_full_disk(
    directory: Path,
    small_disk: Callable[[str], Path],
    endpoint: Endpoint,
    main: Target,
    scene: ExitStack,
    tell: Tell,
    judged: Judge,
) -> None:
    disk = small_disk("size=16k,nr_inodes=8")
    verdict = disk / "verdict"
    verdict.touch()
    _fill(disk)
    run = scene.enter_context(
        Run(directory, usual(main.name, endpoint.url()), options=["--termination-log", str(verdict)])
    )
    run.wait_for("rule.watching")
    main.end(3)
    judged(run, 1, 3, endpoint=endpoint)
    error = run.named("verdict.unwritten")[0]["error"]
    assert "ENOSPC" in error and verdict.stat().st_size == 0
    tell(
        "the termination log on a full disk",
        "a file on a full tmpfs",
        f"one POST, the target's code, and `verdict.unwritten`: “{error.replace(str(disk), 'DISK')}”",
        "60 s",
    )


@pytest.mark.parametrize("what", ["blocks", "inodes"])
def test_a_touch_on_a_full_disk(
    what: str, small_disk: Callable[[str], Path], endpoint: Endpoint, main: Target, lived: Lived, tell: Tell
) -> None:
    disk = small_disk(f"size=16k,nr_inodes={8 if what == 'blocks' else 2}")
    _fill(disk)
    actions = [{"touch": str(disk / "done"), "retry": {"attempts": 2, "delay": "10ms"}}, post(endpoint.url())]
    # An empty file takes an inode and no block.
    touched = what == "blocks"
    run = lived(document(rule("r", main.name, actions=actions, exitCode=CODES)), code=3 if touched else 5)
    assert (disk / "done").exists() == touched
    happened = (
        "touched, for an empty file takes no block"
        if touched
        else f"“{run.named('action.failed')[0]['error'].replace(str(disk), 'DISK')}”"
    )
    tell(f"`touch` on a disk without {what}", "tmpfs", f"{happened}; one POST all the same", "60 s")


def test_nobody_reads_the_log_any_more(endpoint: Endpoint, main: Target, lived: Lived, tell: Tell) -> None:
    reader, writer = os.pipe()

    def close(_: Run) -> None:
        # What it has said so far is read; the writer here must not keep the pipe open.
        os.close(writer)
        assert os.read(reader, 65536)
        os.close(reader)

    lived(usual(main.name, endpoint.url()), stderr=writer, meanwhile=close)
    tell("the reader of the log is gone", "the pipe is closed while it watches (EPIPE)", _DONE, "60 s")


@pytest.mark.parametrize("kind", ["pipe", "pipe of one page"])
def test_the_reader_of_the_log_stands_still(
    kind: str, endpoint: Endpoint, main: Target, scene: ExitStack, lived: Lived, tell: Tell
) -> None:
    """The pipe is full before Knell says its first word."""
    reader, writer = os.pipe()
    scene.callback(os.close, reader)
    scene.callback(os.close, writer)
    if kind != "pipe":
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writer, True)
    lived(usual(main.name, endpoint.url()), stderr=writer)
    tell(f"nobody reads the log, a {kind}", "full from the start, its reader stands still", _DONE, "60 s")


def test_the_log_may_not_grow(directory: Path, endpoint: Endpoint, main: Target, scene: ExitStack, tell: Tell) -> None:
    """RLIMIT_FSIZE: the write that would go beyond raises SIGXFSZ."""
    configuration, limit = usual(main.name, endpoint.url()), 100
    with open(directory / "log", "wb") as log:
        run = scene.enter_context(Run(directory, configuration, wrapper=["prlimit", f"--fsize={limit}"], stderr=log))
        run.await_pidfd_of(main.pid)
        main.end(3)
        # The verdict is a file, too, and too long for the limit, so there is nothing else to judge it by.
        assert run.exit_code() == 3 and endpoint.all_posts() == 1
    told = (directory / "log").read_text()
    assert len(told) == limit and json.loads(told.splitlines()[0])["event"] == "run.started", told
    assert run.termination_log.stat().st_size == limit
    tell(
        "the log may not grow",
        f"RLIMIT_FSIZE of {limit} bytes on a log file (SIGXFSZ), and on the verdict",
        f"one POST, the target's code; the log is cut at {limit} bytes, and so is the verdict",
        "60 s",
    )


@pytest.mark.parametrize("streams", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_standard_streams_are_closed_at_the_start(
    streams: str, endpoint: Endpoint, main: Target, lived: Lived, tell: Tell
) -> None:
    shell = ["/bin/sh", "-c", f'exec "$@" {streams}', "sh"]
    # A log that is closed is none.
    stderr = subprocess.DEVNULL if "2>&-" in streams else None
    lived(usual(main.name, endpoint.url()), wrapper=shell, stderr=stderr)
    tell(f"standard streams closed, `{streams}`", "by the shell that starts Knell", _DONE, "60 s")
