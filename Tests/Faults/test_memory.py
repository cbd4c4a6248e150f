"""A container with 16 MiB, with one process, and with a hundredth of a processor."""

import os
import shutil
import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.cgroup import Cgroup
from support.configuration import document, post, rule, usual
from support.endpoint import Endpoint
from support.fixtures import Judge, Tell
from support.programs import KNELL, Target, unique_name
from support.run import Run

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
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(place)], check=True)
    scene.callback(subprocess.run, ["umount", "--lazy", str(place)], check=True)
    device = subprocess.run(
        ["findmnt", "-no", "SOURCE", str(place)], capture_output=True, text=True, check=True
    ).stdout.strip()
    subprocess.run(["blockdev", "--setra", "256", device], check=True)
    copy = place / "knell"
    shutil.copy(KNELL, copy)
    with copy.open() as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return copy


def test_a_memory_limit_of_16_mib(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole life, with a reload to 64 rules and a request; the pages of the executable count, too."""
    if not Cgroup.is_there("memory"):
        pytest.skip("no memory controller of version 1")
    monkeypatch.setattr("support.run.KNELL", _unread_copy(directory, scene))
    group = scene.enter_context(Cgroup("memory", limit_in_bytes=16 * MIB))
    main = scene.enter_context(Target())
    keys = {"exitCode": {"ended": "fromTarget", "actionFailed": 5}, "actions": [post(endpoint.url())]}
    few = document(rule("r0", main.name, **keys))
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
    run = scene.enter_context(Run(directory, few, wrapper=group.inside))
    run.wait_for("rule.watching")
    run.config.write_text(document(rule("r0", main.name, **keys), *others))
    run.wait_for("config.reloaded")
    run.wait_for("rule.watching", 63 + 1)
    for _ in range(20):
        run.signal(signal.SIGHUP)
    run.wait_for("config.reloaded", 2)
    main.end(3)
    judged(run, 1, 3, endpoint=endpoint)
    assert len(run.named("action.succeeded", action="7/touch")) == 63
    assert "oom_kill 0" in group.read("oom_control"), group.read("oom_control")
    peak, failed = int(group.read("max_usage_in_bytes")), int(group.read("failcnt"))
    tell(
        "a memory limit of 16 MiB",
        "memory cgroup, the executable not in the page cache before; one rule, reload to 64 rules of 8 actions, 20 "
        "SIGHUPs, a request",
        f"all done, peak {peak / MIB:.1f} MiB with the page cache; the limit was met {failed} times and clean pages "
        "gave way, nobody was killed",
        "16 MiB",
    )


def test_no_thread_to_be_had(directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge) -> None:
    """A pids cgroup in which no thread can be made: Knell's own thread watches, and the request says why it fails."""
    if not Cgroup.is_there("pids"):
        pytest.skip("no pids controller of version 1")
    group, main = scene.enter_context(Cgroup("pids", max=1)), scene.enter_context(Target())
    run = scene.enter_context(Run(directory, usual(main.name, endpoint.url()), wrapper=group.inside))
    run.wait_for("rule.watching")
    main.end(3)
    judged(run, 0, 5, endpoint=endpoint)
    error = run.named("action.failed", action="0/http")[0]["error"]
    assert "thread" in error, error
    tell(
        "no thread to be had",
        "pids cgroup with `pids.max` 1",
        f"the end is noticed; the request fails: “{error}”; `actionFailed`",
        "60 s",
    )


def test_threads_that_are_to_be_had_later(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    if not Cgroup.is_there("pids"):
        pytest.skip("no pids controller of version 1")
    group, main = scene.enter_context(Cgroup("pids", max=1)), scene.enter_context(Target())
    request = post(endpoint.url()) | {"retry": {"attempts": 100, "delay": "50ms", "maxDelay": "100ms"}}
    watched = rule("r", main.name, actions=[request], exitCode={"ended": "fromTarget", "actionFailed": 5})
    run = scene.enter_context(Run(directory, document(watched), wrapper=group.inside))
    run.wait_for("rule.watching")
    main.end(3)
    run.wait_for("action.retried", 3)
    group.write("max", "max")
    judged(run, 1, 3, endpoint=endpoint)
    tell(
        "no thread for a while",
        "`pids.max` 1, lifted after three failed attempts",
        "the next attempt makes the one POST",
        "60 s",
    )


def test_a_hundredth_of_a_processor(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    if not Cgroup.is_there("cpu"):
        pytest.skip("no cpu controller of version 1")
    group, main = (
        scene.enter_context(Cgroup("cpu", cfs_period_us=100000, cfs_quota_us=1000)),
        scene.enter_context(Target()),
    )
    run = scene.enter_context(
        Run(directory, usual(main.name, endpoint.url(), watch={"startTimeout": "10m"}), wrapper=group.inside)
    )
    run.wait_for("rule.watching")
    main.end(3)
    judged(run, 1, 3, endpoint=endpoint)
    took = run.named("run.finished")[0]["came"] - run.named("target.exited")[0]["came"]
    tell(
        "a hundredth of a processor",
        "cpu cgroup, 1 ms in 100 ms (`cpu: 10m`)",
        f"up in {run.named('rule.watching')[0]['came'] - run.began:.1f} s; from the end noticed to the exit "
        f"{took:.1f} s",
        "60 s",
    )


@pytest.mark.parametrize("limit", ["as=64000000", "stack=65536", "memlock=0", "core=0"])
def test_small_limits_of_other_kinds(
    limit: str, directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    main = scene.enter_context(Target())
    run = scene.enter_context(
        Run(directory, usual(main.name, endpoint.url()), wrapper=["prlimit", f"--{limit}:{limit.split('=')[1]}"])
    )
    run.wait_for("rule.watching")
    main.end(3)
    judged(run, 1, 3, endpoint=endpoint)
    tell(f"a limit `{limit}`", "prlimit(1)", "one POST, the target's code", "60 s")


def test_a_megabyte_of_environment(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    main = scene.enter_context(Target())
    environment = {f"FILLER_{number}": "x" * 100_000 for number in range(10)} | {unique_name(): "a"}
    run = scene.enter_context(Run(directory, usual(main.name, endpoint.url()), environment=environment))
    run.wait_for("rule.watching")
    main.end(3)
    judged(run, 1, 3, endpoint=endpoint)
    tell("an environment of 1 MB", "ten variables of 100 kB", "one POST, the target's code", "60 s")
