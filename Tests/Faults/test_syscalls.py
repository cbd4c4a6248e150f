"""System calls that are forbidden, or that the kernel does not have."""

import errno
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.configuration import document, post, rule, usual
from support.endpoint import Endpoint
from support.fixtures import Judge, Tell
from support.programs import Target, faulty
from support.run import Run


def _deny(*calls: str) -> list[str]:
    return [faulty(), "deny", ",".join(calls)]


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
    ("statx", errno.ENOSYS),
]
_SAID = {
    "pidfd_open": ("watch.degraded", "polled, told once"),
    "inotify_init1": ("config.warning", "changes of the configuration go unnoticed, told once"),
    "inotify_add_watch": ("config.warning", "changes of the configuration go unnoticed, told once"),
}


@pytest.mark.parametrize(("call", "error"), _STILL_WHOLE, ids=lambda it: str(it))
def test_a_call_that_it_can_do_without(
    call: str, error: int, directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    """The whole job: another process gets a signal and is waited for, a request, and the target's code."""
    main, helper = scene.enter_context(Target()), scene.enter_context(Target())
    stop = {"signal": {"process": {"name": f"^{helper.name}$"}}, "thenGone": {"within": "30s"}}
    watched = rule(
        "r", main.name, actions=[stop, post(endpoint.url())], exitCode={"ended": "fromTarget", "actionFailed": 5}
    )
    run = scene.enter_context(Run(directory, document(watched), wrapper=_deny(f"{call}={error}")))
    run.wait_for("rule.watching")
    # It is reaped here, as soon as it has ended; without a pidfd the status may be gone by the time that Knell looks.
    main.send(3)
    run.wait_for("target.exited")
    main.process.wait()
    run.wait_for("action.started", action="0/signal")
    assert helper.process.wait() == -15
    judged(run, 1, 3, endpoint=endpoint)
    event, words = _SAID.get(call, (None, "nothing to say"))
    assert event is None or len(run.named(event)) == 1, run.log()
    source = run.named("target.exited")[0]["source"]
    tell(
        f"`{call}` fails with {errno.errorcode[error]}",
        "seccomp filter",
        f"all done; {words}; the status by `{source}`",
        "60 s",
    )


def test_a_signal_that_may_not_be_sent(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    main, helper = scene.enter_context(Target()), scene.enter_context(Target())
    stop = {"signal": {"process": {"name": f"^{helper.name}$"}}}
    watched = rule(
        "r", main.name, actions=[stop, post(endpoint.url())], exitCode={"ended": "fromTarget", "actionFailed": 5}
    )
    run = scene.enter_context(Run(directory, document(watched), wrapper=_deny(f"pidfd_send_signal={errno.EPERM}")))
    run.wait_for("rule.watching")
    main.send(3)
    judged(run, 1, 5, endpoint=endpoint)
    error = run.named("action.failed", action="0/signal")[0]["error"]
    assert "may not signal" in error
    tell(
        "`pidfd_send_signal` fails with EPERM",
        "seccomp filter",
        "the signal fails and says why, the POST is made, `actionFailed`",
        "60 s",
    )


@pytest.mark.parametrize("call", ["eventfd2", "epoll_create1", "signalfd4"])
def test_a_call_that_it_cannot_do_without(call: str, directory: Path, scene: ExitStack, tell: Tell) -> None:
    run = scene.enter_context(
        Run(directory, usual("nobody", "http://127.0.0.1:9/"), wrapper=_deny(f"{call}={errno.ENOSYS}"))
    )
    assert run.exit_code() == 71, run.log()
    assert len(run.other_lines) == 1 and "ENOSYS" in run.other_lines[0] and not run.events, run.log()
    tell(f"`{call}` fails with ENOSYS", "seccomp filter", f"exit 71: “{run.other_lines[0]}”", "60 s")


@pytest.mark.parametrize(
    "calls",
    [
        [f"timerfd_create={errno.ENOSYS}"],
        [f"thread={errno.EAGAIN}", f"clone3={errno.ENOSYS}"],
        [f"socket={errno.EPERM}"],
    ],
    ids=["timerfd_create", "threads", "socket"],
)
def test_a_call_that_a_request_cannot_do_without(
    calls: list[str], directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    main = scene.enter_context(Target())
    done = directory / "done"
    actions = [post(endpoint.url()), {"exec": {"command": ["touch", str(done)]}}]
    watched = rule("r", main.name, actions=actions, exitCode={"ended": "fromTarget", "actionFailed": 5})
    run = scene.enter_context(Run(directory, document(watched), wrapper=_deny(*calls)))
    run.wait_for("rule.watching")
    main.send(3)
    judged(run, 0, 5, endpoint=endpoint)
    error = run.named("action.failed", action="0/http")[0]["error"]
    assert done.exists()
    tell(
        f"`{calls[0].split('=')[0]}` fails",
        "seccomp filter",
        f"the request fails: “{error}”; the next action runs, `actionFailed`",
        "60 s",
    )


def test_a_listener_without_a_thread(directory: Path, scene: ExitStack, tell: Tell) -> None:
    calls = _deny(f"thread={errno.EAGAIN}", f"clone3={errno.ENOSYS}")
    run = scene.enter_context(
        Run(
            directory, usual("nobody", "http://127.0.0.1:9/"), wrapper=calls, options=["--status-listen", "127.0.0.1:0"]
        )
    )
    assert run.exit_code() == 71, run.log()
    tell("no thread for `--status-listen`", "seccomp filter", f"exit 71: “{run.other_lines[0]}”", "60 s")
