"""Full disks, and logs that nobody takes."""

import fcntl
import os
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.configuration import document, post, rule, usual
from support.endpoint import Endpoint
from support.fixtures import Judge, Tell
from support.judge import Record, faults
from support.programs import Target, unique_name
from support.run import Run
from support.waiting import wait_until


@pytest.fixture
def small_disk(directory: Path, scene: ExitStack) -> Callable[[str], Path]:
    """Makes a tmpfs with these options; it is unmounted at the end."""

    def make(options: str) -> Path:
        path = directory / f"disk-{unique_name()}"
        path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(path)], check=True)
        scene.callback(subprocess.run, ["umount", "--lazy", str(path)], check=True)
        return path

    return make


def _fill(disk: Path) -> None:
    with open(disk / "filler", "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass


def test_the_log_is_on_a_full_disk(
    directory: Path, small_disk: Callable[[str], Path], endpoint: Endpoint, scene: ExitStack, tell: Tell
) -> None:
    disk, main = small_disk("size=16k,nr_inodes=8"), scene.enter_context(Target())
    with open(disk / "log", "wb") as log:
        _fill(disk)
        run = scene.enter_context(
            Run(directory, usual(main.name, endpoint.url(), watch={"startTimeout": "10s"}), stderr=log.fileno())
        )
        # The log tells nothing; what Knell has opened does.
        _await_pidfd(run, main.pid)
        main.end(3)
        assert run.exit_code() == 3
    assert endpoint.posts() == 1 and run.verdict()["exitCode"] == 3
    size = (disk / "log").stat().st_size
    tell(
        "the log on a full disk",
        "standard error is a file on a full tmpfs",
        f"one POST, the target's code, the verdict is written; {size} bytes of log",
        "60 s",
    )


def _await_pidfd(run: Run, pid: int) -> None:
    def look() -> bool:
        for entry in Path(f"/proc/{run.pid}/fdinfo").iterdir():
            try:
                if f"\nPid:\t{pid}\n" in entry.read_text():
                    return True
            except OSError:
                continue
        return False

    wait_until(f"a pidfd of {pid}", look)


def test_the_termination_log_is_on_a_full_disk(
    directory: Path, small_disk: Callable[[str], Path], endpoint: Endpoint, scene: ExitStack, tell: Tell
) -> None:
    disk, main = small_disk("size=16k,nr_inodes=8"), scene.enter_context(Target())
    verdict = disk / "verdict"
    verdict.touch()
    _fill(disk)
    run = scene.enter_context(
        Run(directory, usual(main.name, endpoint.url()), options=["--termination-log", str(verdict)])
    )
    run.wait_for("rule.watching")
    main.end(3)
    code = run.exit_code()
    assert faults(Record(run.events, run.other_lines, code, {}, endpoint.posts()), 3, 1) == [], run.log()
    error = run.named("verdict.unwritten")[0]["error"]
    assert "ENOSPC" in error
    tell(
        "the termination log on a full disk",
        "a file on a full tmpfs",
        f"one POST, the target's code, and `verdict.unwritten`: “{error.replace(str(disk), 'DISK')}”",
        "60 s",
    )


@pytest.mark.parametrize("what", ["blocks", "inodes"])
def test_a_touch_on_a_full_disk(
    what: str,
    directory: Path,
    small_disk: Callable[[str], Path],
    endpoint: Endpoint,
    scene: ExitStack,
    tell: Tell,
    judged: Judge,
) -> None:
    disk, main = (
        small_disk("size=16k,nr_inodes=8" if what == "blocks" else "size=16k,nr_inodes=2"),
        scene.enter_context(Target()),
    )
    _fill(disk)
    keys = {"exitCode": {"ended": "fromTarget", "actionFailed": 5}}
    actions = [{"touch": str(disk / "done"), "retry": {"attempts": 2, "delay": "10ms"}}, post(endpoint.url())]
    run = scene.enter_context(Run(directory, document(rule("r", main.name, actions=actions, **keys))))
    run.wait_for("rule.watching")
    main.end(3)
    touched = what == "blocks"
    # An empty file takes an inode and no block.
    judged(run, 1, 3 if touched else 5, endpoint=endpoint)
    assert (disk / "done").exists() == touched
    happened = (
        "touched, for an empty file takes no block"
        if touched
        else f"“{run.named('action.failed')[0]['error'].replace(str(disk), 'DISK')}”"
    )
    tell(f"`touch` on a disk without {what}", "tmpfs", f"{happened}; one POST all the same", "60 s")


def test_nobody_reads_the_log_any_more(directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell) -> None:
    main = scene.enter_context(Target())
    reader, writer = os.pipe()
    run = scene.enter_context(Run(directory, usual(main.name, endpoint.url()), stderr=writer))
    os.close(writer)
    os.read(reader, 65536)
    _await_pidfd(run, main.pid)
    os.close(reader)
    main.end(3)
    assert run.exit_code() == 3 and endpoint.posts() == 1
    tell(
        "the reader of the log is gone",
        "the pipe is closed while it watches (EPIPE)",
        "one POST, the target's code, the verdict is written",
        "60 s",
    )
    assert run.verdict()["exitCode"] == 3


@pytest.mark.parametrize("kind", ["pipe", "pipe of one page"])
def test_the_reader_of_the_log_stands_still(
    kind: str, directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell
) -> None:
    """The pipe is full before Knell says its first word."""
    main = scene.enter_context(Target())
    reader, writer = os.pipe()
    scene.callback(os.close, reader)
    if kind != "pipe":
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writer, True)
    run = scene.enter_context(Run(directory, usual(main.name, endpoint.url()), stderr=writer))
    os.close(writer)
    _await_pidfd(run, main.pid)
    main.end(3)
    assert run.exit_code() == 3 and endpoint.posts() == 1
    assert run.verdict()["exitCode"] == 3
    tell(
        f"nobody reads the log, a {kind}",
        "full from the start, its reader stands still",
        "one POST, the target's code, the verdict is written",
        "60 s",
    )


def test_the_log_may_not_grow(directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell) -> None:
    """RLIMIT_FSIZE: the write that would go beyond raises SIGXFSZ."""
    main = scene.enter_context(Target())
    with open(directory / "log", "wb") as log:
        run = scene.enter_context(
            Run(
                directory, usual(main.name, endpoint.url()), wrapper=["prlimit", "--fsize=100:100"], stderr=log.fileno()
            )
        )
        _await_pidfd(run, main.pid)
        main.end(3)
        code = run.exit_code()
    assert code == 3 and endpoint.posts() == 1
    tell(
        "the log may not grow",
        "RLIMIT_FSIZE of 100 bytes on a log file (SIGXFSZ)",
        "one POST, the target's code",
        "60 s",
    )


@pytest.mark.parametrize("streams", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_standard_streams_are_closed_at_the_start(
    streams: str, directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell
) -> None:
    main = scene.enter_context(Target())
    shell = ["/bin/sh", "-c", f'exec "$@" {streams}', "sh"]
    run = scene.enter_context(Run(directory, usual(main.name, endpoint.url()), wrapper=shell))
    _await_pidfd(run, main.pid)
    main.end(3)
    assert run.exit_code() == 3 and endpoint.posts() == 1
    assert run.verdict()["exitCode"] == 3
    happened = "one POST, the target's code, the verdict is written"
    tell(f"standard streams closed, `{streams}`", "by the shell that starts Knell", happened, "60 s")
