"""Process tables that hide, go away, or are replaced."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from support.configuration import usual
from support.endpoint import Endpoint
from support.fixtures import Judge, Lived, Tell
from support.namespaces import Namespace
from support.programs import Target
from support.run import Run

_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def _without_proc(pod: Namespace) -> None:
    # The namespace's own lies over those of the namespaces above. Its look at what is mounted goes with the last.
    pod.run("/bin/sh", "-c", "while umount --no-mtab --lazy /proc 2>/dev/null; do :; done; test ! -e /proc/self")


@pytest.fixture
def pod(scene: ExitStack) -> Namespace:
    return scene.enter_context(Namespace("pid"))


@pytest.mark.parametrize("option", ["hidepid=1", "hidepid=2", "hidepid=4"])
def test_proc_hides_other_users(
    option: str, pod: Namespace, directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    pod.run("mount", "-t", "proc", "-o", option, "none", "/proc")
    main = scene.enter_context(Target(wrapper=pod.inside))
    run = scene.enter_context(
        Run(directory, usual(main.name, endpoint.url(), watch={"startTimeout": "1s"}), wrapper=[*pod.inside, *_NOBODY])
    )
    judged(run, 1, 4, endpoint=endpoint)
    assert "hidepid" in run.named("namespace.notShared")[0]["error"], run.log()
    assert not run.named("target.found")
    tell(
        f"/proc with `{option}`",
        "mounted so in a PID namespace; Knell as uid 65534, the target as root",
        "warned at the start (`namespace.notShared`, with the cure); the target is never seen, `startTimeout` decides",
        "60 s",
    )


@pytest.mark.parametrize("option", ["hidepid=2", "subset=pid", "hidepid=2,subset=pid"])
def test_proc_hides_what_is_not_needed(
    option: str, pod: Namespace, endpoint: Endpoint, scene: ExitStack, lived: Lived, tell: Tell
) -> None:
    pod.run("mount", "-t", "proc", "-o", option, "none", "/proc")
    wrapper = [*pod.inside, *_NOBODY]
    main = scene.enter_context(Target(wrapper=wrapper))
    run = lived(usual(main.name, endpoint.url()), target=main, wrapper=wrapper)
    warned = "warned, yet " if run.named("namespace.notShared") else ""
    tell(
        f"/proc with `{option}`, the same user",
        "Knell and the target as uid 65534",
        f"{warned}all done: one POST, the target's code",
        "60 s",
    )


@pytest.mark.parametrize("deed", ["umount --lazy /proc", "mount -t tmpfs none /proc"])
def test_proc_goes_away_during_the_run(
    deed: str, pod: Namespace, endpoint: Endpoint, scene: ExitStack, lived: Lived, tell: Tell
) -> None:
    def take_away(_: Run) -> None:
        _without_proc(pod) if deed.startswith("umount") else pod.run(*deed.split())

    main = scene.enter_context(Target(wrapper=pod.inside))
    lived(usual(main.name, endpoint.url()), target=main, wrapper=pod.inside, meanwhile=take_away)
    tell(
        "/proc goes away during the run",
        f"`{deed}` in its mount namespace while it watches",
        "what was opened at the start still serves: one POST, the target's code",
        "60 s",
    )


def test_no_proc_at_all(pod: Namespace, directory: Path, scene: ExitStack, tell: Tell) -> None:
    _without_proc(pod)
    run = scene.enter_context(Run(directory, usual("nobody", "http://127.0.0.1:9/"), wrapper=pod.inside))
    assert run.exit_code() == 71
    assert len(run.other_lines) == 1 and not run.events, run.log()
    tell("no /proc at the start", "unmounted before", f"exit 71: “{run.other_lines[0]}”", "60 s")


def test_everything_is_read_only(
    pod: Namespace, endpoint: Endpoint, scene: ExitStack, lived: Lived, tell: Tell
) -> None:
    """No writable file system at all, as with readOnlyRootFilesystem and no volume."""
    main = scene.enter_context(Target(wrapper=pod.inside))
    mounts = pod.run("findmnt", "-rno", "TARGET").split()
    for mount in reversed(mounts):
        # Not each can be made so, and the test says at the end whether it was enough.
        pod.try_to_run("mount", "-o", "remount,bind,ro", mount)
    run = lived(usual(main.name, endpoint.url()), target=main, wrapper=pod.inside)
    assert "EROFS" in run.named("verdict.unwritten")[0]["error"]
    tell(
        "everything read-only",
        f"{len(mounts)} mounts made read-only in a mount namespace",
        "one POST, the target's code; the verdict cannot be written and the log says so",
        "60 s",
    )
