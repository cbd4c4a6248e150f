"""System calls that are forbidden, or that the kernel does not have."""

import errno
import re
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.configuration import CODES, document, post, rule, usual
from support.endpoint import Endpoint
from support.fixtures import Judge, Lived, Tell
from support.programs import Target, faulty
from support.run import Run

# What strace(1) calls those that the filter knows by another name.
_BY_STRACE = {"pidfd_get_info": "ioctl", "thread": "clone"}
_PIDFD_GET_INFO = 0xFF0B


class Denied:
    """System calls that fail for a program, with the errors that they fail with; strace(1) sees whether they were made."""

    def __init__(self, directory: Path, **calls: int) -> None:
        self.calls = calls
        self.trace = directory / "calls"
        names = ",".join(_BY_STRACE.get(call, call) for call in calls)
        self.strace = ["strace", "--quiet=all", "-f", "-o", str(self.trace), "-e", f"trace={names}", "-e", "raw=all"]
        filtered = ",".join(f"{call}={error}" for call, error in calls.items())
        self.wrapper = [*self.strace, faulty(), "deny", filtered]

    def assert_met(self) -> None:
        """The program has made each of these calls, and the filter has let it fail."""
        lines = self.trace.read_text().splitlines()
        for call, error in self.calls.items():
            name = _BY_STRACE.get(call, call)
            made = [line for line in lines if re.search(rf"\b{name}\(", line)]
            if call == "pidfd_get_info":
                made = [line for line in made if _is_pidfd_get_info(line)]
            # One that another thread has come between stands in two lines, the error in the second.
            failed = [line for line in lines if re.search(rf"\b{name}\b.* = -1 {errno.errorcode[error]} ", line)]
            assert made and failed, f"{call} has not failed with {errno.errorcode[error]}:\n" + "\n".join(lines[-40:])


def _is_pidfd_get_info(line: str) -> bool:
    """Whether a line of an ioctl(2) is one, whichever size of its structure the caller knows."""
    found = re.search(r"ioctl\(\w+, (0x[0-9a-f]+)", line)
    return bool(found) and int(found[1], 16) & 0xFFFF == _PIDFD_GET_INFO


_STILL_WHOLE = [
    ("pidfd_open", errno.ENOSYS),
    ("pidfd_open", errno.EPERM),
    ("pidfd_get_info", errno.ENOTTY),
    ("pidfd_get_info", errno.EPERM),
    ("pidfd_send_signal", errno.ENOSYS),
    ("inotify_init1", errno.ENOSYS),
    ("inotify_add_watch", errno.ENOSPC),
    ("clone3", errno.ENOSYS),
    ("madvise", errno.EPERM),
    ("getrandom", errno.ENOSYS),
    ("prlimit64", errno.EPERM),
]
_SAID = {
    "pidfd_open": ("watch.degraded", "polled, told once"),
    "inotify_init1": ("config.warning", "changes of the configuration go unnoticed, told once"),
    "inotify_add_watch": ("config.warning", "changes of the configuration go unnoticed, told once"),
}


@pytest.mark.parametrize(("call", "error"), _STILL_WHOLE, ids=lambda it: str(it))
def test_a_call_that_it_can_do_without(
    call: str,
    error: int,
    directory: Path,
    endpoint: Endpoint,
    main: Target,
    scene: ExitStack,
    tell: Tell,
    judged: Judge,
) -> None:
    """The whole job: another process gets a signal and is waited for, a request, and the target's code."""
    helper = scene.enter_context(Target())
    stop = {"signal": {"process": {"name": f"^{helper.name}$"}}, "thenGone": {"within": "30s"}}
    watched = rule("r", main.name, actions=[stop, post(endpoint.url())], exitCode=CODES)
    denied = Denied(directory, **{call: error})
    run = scene.enter_context(Run(directory, document(watched), wrapper=denied.wrapper))
    run.wait_for("rule.watching")
    # It is reaped here, as soon as it has ended; without a pidfd the status may be gone by the time that Knell looks.
    main.send(3)
    run.wait_for("target.exited")
    main.reap()
    run.wait_for("action.started", action="0/signal")
    assert helper.reap() == -15
    judged(run, 1, 3, endpoint=endpoint)
    denied.assert_met()
    event, words = _SAID.get(call, (None, "nothing to say"))
    warnings = [it["event"] for it in run.events if it["level"] == "warning"]
    assert warnings == [event] * (event is not None), run.log()
    source = run.named("target.exited")[0]["source"]
    tell(
        f"`{call}` fails with {errno.errorcode[error]}",
        "seccomp filter",
        f"all done; {words}; the status by `{source}`",
        "60 s",
    )


def test_a_signal_that_may_not_be_sent(
    directory: Path, endpoint: Endpoint, main: Target, scene: ExitStack, lived: Lived, tell: Tell
) -> None:
    helper = scene.enter_context(Target())
    stop = {"signal": {"process": {"name": f"^{helper.name}$"}}}
    watched = rule("r", main.name, actions=[stop, post(endpoint.url())], exitCode=CODES)
    denied = Denied(directory, pidfd_send_signal=errno.EPERM)
    run = lived(document(watched), wrapper=denied.wrapper, code=5)
    denied.assert_met()
    error = run.named("action.failed", action="0/signal")[0]["error"]
    assert "may not signal" in error and helper.lives
    tell(
        "`pidfd_send_signal` fails with EPERM",
        "seccomp filter",
        "the signal fails and says why, the POST is made, `actionFailed`",
        "60 s",
    )


@pytest.mark.parametrize("call", ["eventfd2", "epoll_create1", "signalfd4"])
def test_a_call_that_it_cannot_do_without(call: str, directory: Path, scene: ExitStack, tell: Tell) -> None:
    denied = Denied(directory, **{call: errno.ENOSYS})
    run = scene.enter_context(Run(directory, usual("nobody", "http://127.0.0.1:9/"), wrapper=denied.wrapper))
    assert run.exit_code() == 71, run.log()
    denied.assert_met()
    assert len(run.other_lines) == 1 and "ENOSYS" in run.other_lines[0] and not run.events, run.log()
    tell(f"`{call}` fails with ENOSYS", "seccomp filter", f"exit 71: “{run.other_lines[0]}”", "60 s")


# Without clone3(2) a thread is made by clone(2), of which alone a filter can tell what it makes.
_NO_THREADS = {"thread": errno.EAGAIN, "clone3": errno.ENOSYS}


@pytest.mark.parametrize(
    "calls",
    [{"timerfd_create": errno.ENOSYS}, _NO_THREADS, {"socket": errno.EPERM}],
    ids=["timerfd_create", "threads", "socket"],
)
def test_a_call_that_a_request_cannot_do_without(
    calls: dict[str, int], directory: Path, endpoint: Endpoint, main: Target, lived: Lived, tell: Tell
) -> None:
    done = directory / "done"
    actions = [post(endpoint.url()), {"exec": {"command": ["touch", str(done)]}}]
    denied = Denied(directory, **calls)
    watched = rule("r", main.name, actions=actions, exitCode=CODES)
    run = lived(document(watched), wrapper=denied.wrapper, posts=0, code=5)
    denied.assert_met()
    error = run.named("action.failed", action="0/http")[0]["error"]
    assert done.exists()
    tell(
        f"`{next(iter(calls))}` fails",
        "seccomp filter",
        f"the request fails: “{error}”; the next action runs, `actionFailed`",
        "60 s",
    )


def test_a_listener_without_a_thread(directory: Path, scene: ExitStack, tell: Tell) -> None:
    denied, options = Denied(directory, **_NO_THREADS), ["--status-listen", "127.0.0.1:0"]
    configuration = usual("nobody", "http://127.0.0.1:9/")
    run = scene.enter_context(Run(directory, configuration, wrapper=denied.wrapper, options=options))
    assert run.exit_code() == 71, run.log()
    denied.assert_met()
    tell("no thread for `--status-listen`", "seccomp filter", f"exit 71: “{run.other_lines[0]}”", "60 s")


@pytest.mark.control
def test_a_filter_that_is_not_met_is_found(directory: Path, endpoint: Endpoint, main: Target, lived: Lived) -> None:
    denied = Denied(directory, signalfd4=errno.ENOSYS)
    lived(usual(main.name, endpoint.url()), wrapper=denied.strace)
    for lines in (denied.trace.read_text(), ""):
        # Made and not denied, and not made at all.
        denied.trace.write_text(lines)
        with pytest.raises(AssertionError, match="has not failed with ENOSYS"):
            denied.assert_met()
