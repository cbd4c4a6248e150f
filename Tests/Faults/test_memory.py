"""A container with 16 MiB, with one process, and with a hundredth of a processor."""

import os
import shutil
import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.cgroup import Cgroup
from support.configuration import CODES, PERSISTENT, document, post, rule, usual
from support.endpoint import Endpoint
from support.fixtures import Judge, Lived, Tell
from support.programs import KNELL, Target, unique_name
from support.run import Run
from support.waiting import BOUND

MIB = 1024 * 1024


def _unread_copy(directory: Path, scene: ExitStack) -> Path:
    """A copy that nobody has read, for the pages of a file count for the group that reads them first.

    It is on a disk of its own that reads 128 KiB ahead, the kernel's default: what is read ahead counts as well, and
    the disk below may be set to megabytes.
    """
    image, place = directory / "image", directory / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(96 * MIB)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True, timeout=BOUND)
    subprocess.run(["mount", "-o", "loop", str(image), str(place)], check=True, timeout=BOUND)
    scene.callback(subprocess.run, ["umount", "--lazy", str(place)], check=True, timeout=BOUND)
    device = subprocess.run(
        ["findmnt", "-no", "SOURCE", str(place)], capture_output=True, text=True, check=True, timeout=BOUND
    ).stdout.strip()
    subprocess.run(["blockdev", "--setra", "256", device], check=True, timeout=BOUND)
    copy = place / "knell"
    shutil.copy(KNELL, copy)
    with copy.open() as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return copy


def test_a_memory_limit_of_16_mib(
    directory: Path, endpoint: Endpoint, main: Target, scene: ExitStack, lived: Lived, tell: Tell,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The whole life, with a reload to 64 rules and a request; the pages of the executable count, too."""
    group = scene.enter_context(Cgroup("memory", 16 * MIB))
    monkeypatch.setattr("support.programs.KNELL", _unread_copy(directory, scene))
    first = rule("r0", main.name, actions=[post(endpoint.url())], exitCode=CODES)
    others = [
        rule(
            f"r{n}",
            main.name,
            watch={"startTimeout": "10m"},
            exitCode=0,
            actions=[{"touch": f"{directory}/done-{n}"}] * 8,
        )
        for n in range(1, 64)
    ]

    def reload(run: Run) -> None:
        run.config.write_text(document(first, *others))
        run.wait_for("config.reloaded")
        run.wait_for("rule.watching", 1 + len(others))
        for _ in range(20):
            run.signal(signal.SIGHUP)
        run.wait_for("config.reloaded", 2)

    run = lived(document(first), wrapper=group.inside, meanwhile=reload)
    assert len(run.named("action.succeeded", action="7/touch")) == len(others)
    assert group.memory_killed() == 0
    tell(
        "a memory limit of 16 MiB",
        "memory cgroup, the executable not in the page cache before; one rule, reload to 64 rules of 8 actions, 20 "
        "SIGHUPs, a request",
        f"all done, peak {group.memory_peak() / MIB:.1f} MiB with the page cache; the limit was met {group.memory_met()} "
        "times and clean pages gave way, nobody was killed",
        "16 MiB",
    )


def test_no_thread_to_be_had(endpoint: Endpoint, main: Target, scene: ExitStack, lived: Lived, tell: Tell) -> None:
    """A pids cgroup in which no thread can be made: Knell's own thread watches, and the request says why it fails."""
    group = scene.enter_context(Cgroup("pids", 1))
    run = lived(usual(main.name, endpoint.url()), wrapper=group.inside, posts=0, code=5)
    error = run.named("action.failed", action="0/http")[0]["error"]
    assert "thread" in error, error
    tell(
        "no thread to be had",
        "pids cgroup with `pids.max` 1",
        f"the end is noticed; the request fails: “{error}”; `actionFailed`",
        "60 s",
    )


def test_threads_that_are_to_be_had_later(
    directory: Path, endpoint: Endpoint, main: Target, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    group = scene.enter_context(Cgroup("pids", 1))
    watched = rule("r", main.name, actions=[post(endpoint.url()) | PERSISTENT], exitCode=CODES)
    run = scene.enter_context(Run(directory, document(watched), wrapper=group.inside))
    run.wait_for("rule.watching")
    main.end(3)
    run.wait_for("action.retried", 3)
    group.lift_pids()
    judged(run, 1, 3, endpoint=endpoint)
    tell(
        "no thread for a while",
        "`pids.max` 1, lifted after three failed attempts",
        "the next attempt makes the one POST",
        "60 s",
    )


def test_a_hundredth_of_a_processor(
    endpoint: Endpoint, main: Target, scene: ExitStack, lived: Lived, tell: Tell
) -> None:
    group = scene.enter_context(Cgroup("cpu", 1000))
    run = lived(usual(main.name, endpoint.url(), watch={"startTimeout": "10m"}), wrapper=group.inside)
    took = run.named("run.finished")[0]["came"] - run.named("target.exited")[0]["came"]
    tell(
        "a hundredth of a processor",
        "cpu cgroup, 1 ms in 100 ms (`cpu: 10m`)",
        f"up in {run.named('rule.watching')[0]['came'] - run.began:.1f} s; from the end noticed to the exit "
        f"{took:.1f} s",
        "60 s",
    )


@pytest.mark.parametrize("limit", ["as=64000000", "stack=65536", "memlock=0", "core=0"])
def test_small_limits_of_other_kinds(limit: str, endpoint: Endpoint, main: Target, lived: Lived, tell: Tell) -> None:
    lived(usual(main.name, endpoint.url()), wrapper=["prlimit", f"--{limit}:{limit.split('=')[1]}"])
    tell(f"a limit `{limit}`", "prlimit(1)", "one POST, the target's code", "60 s")


def test_a_megabyte_of_environment(endpoint: Endpoint, main: Target, lived: Lived, tell: Tell) -> None:
    environment = {f"FILLER_{number}": "x" * 100_000 for number in range(10)} | {unique_name(): "a"}
    lived(usual(main.name, endpoint.url()), environment=environment)
    tell("an environment of 1 MB", "ten variables of 100 kB", "one POST, the target's code", "60 s")
