"""Slow and lossy networks."""

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from support.configuration import CODES, PERSISTENT, Mapping, document, rule
from support.endpoint import Endpoint, silence
from support.fixtures import Judge, Tell
from support.namespaces import Namespace
from support.programs import FULL, Target
from support.run import Run
from support.tunnel import Tunnel
from support.waiting import BOUND

# Three attempts that are given up; with pauses of 100 and 200 ms, give or take a fifth, 1.74 to 1.86 s.
_IN_VAIN: Mapping = {"timeout": "500ms", "retry": {"attempts": 3, "delay": "100ms"}}


def _configuration(main: Target, endpoint: Endpoint, **keys: Any) -> str:
    """The main job with this request."""
    action = {"http": {"url": endpoint.url(), **keys.pop("http", {})}, "retry": {"attempts": 1}, **keys}
    return document(rule("r", main.name, actions=[action], exitCode=CODES))


def _duration(run: Run) -> float:
    done = run.named("action.succeeded") + run.named("action.failed")
    return done[0]["durationMs"] / 1000


@pytest.fixture
def begun(directory: Path, main: Target, scene: ExitStack) -> Callable[..., Run]:
    """Begins the main job with this request on the near side of a network, and ends its target."""

    def begin(net: Tunnel, **keys: Any) -> Run:
        configuration = _configuration(main, net.endpoint, **keys)
        run = scene.enter_context(Run(directory, configuration, wrapper=net.near.inside))
        run.wait_for("rule.watching")
        main.end(3)
        return run

    return begin


def test_a_slow_way(begun: Callable[..., Run], scene: ExitStack, tell: Tell, judged: Judge) -> None:
    net = scene.enter_context(Tunnel(delay=0.4))
    run = begun(net, timeout="20s")
    judged(run, 1, 3, endpoint=net.endpoint)
    # There and back for the connection, there and back for the request.
    assert _duration(run) >= 1.6
    tell(
        "a slow network",
        "400 ms each way between two network namespaces",
        f"answered after {_duration(run):.2f} s, one POST",
        "20 s, the `timeout`",
    )


@pytest.mark.parametrize("is_lost", [False, True], ids=["slow", "nowhere"])
def test_a_way_that_no_answer_comes_back(
    is_lost: bool, begun: Callable[..., Run], scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    """Every attempt is given up before its answer can be back; the whole stays within what explain promises."""
    net = scene.enter_context(Tunnel(loss=1.0) if is_lost else Tunnel(delay=0.8))
    run = begun(net, **_IN_VAIN, onFailure="ignore" if is_lost else "continue")
    judged(run, 0, 3 if is_lost else 5, endpoint=net.endpoint)
    assert 1.7 <= _duration(run) < 10
    assert len(run.named("action.retried")) == 2
    words = "the target's code" if is_lost else "`actionFailed`"
    tell(
        "a network that swallows everything" if is_lost else "a network slower than the timeout",
        f"{'all packets lost' if is_lost else '800 ms each way'}, `timeout: 500ms`, 3 attempts"
        f"{', `onFailure: ignore`' * is_lost}",
        f"given up after {_duration(run):.2f} s, {words}",
        "1.86 s and what a loaded machine adds",
    )


@pytest.mark.parametrize("seed", range(1, 7 if FULL else 4))
def test_a_way_that_loses_packets(
    seed: int, begun: Callable[..., Run], scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    """TCP repeats what was lost. Where even that takes longer than the timeout, the attempt is made again."""
    net = scene.enter_context(Tunnel(delay=0.01, loss=0.3, seed=seed))
    run = begun(net, timeout="15s", retry={"attempts": 5, "delay": "100ms"})
    # Five timeouts, and what a loaded machine adds.
    code = run.exit_code(5 * 15 + BOUND)
    posts, attempts = net.endpoint.posts(), 1 + len(run.named("action.retried"))
    assert code == 3 and 1 <= posts <= attempts, run.log()
    judged(run, posts, 3, endpoint=net.endpoint)
    tell(
        f"a network that loses packets, seed {seed}",
        f"30 % lost, 10 ms each way; {net.lost} of {net.lost + net.passed} packets lost",
        f"answered after {_duration(run):.2f} s and {attempts} attempt{'s' * (attempts > 1)}; {posts} "
        f"POST{'s' * (posts > 1)}",
        "5 × 15 s and the pauses",
    )


def test_a_way_that_is_healed(begun: Callable[..., Run], scene: ExitStack, tell: Tell, judged: Judge) -> None:
    net = scene.enter_context(Tunnel(loss=1.0))
    run = begun(net, timeout="500ms", **PERSISTENT)
    run.wait_for("action.retried", 2)
    net.loss = 0
    judged(run, 1, 3, endpoint=net.endpoint)
    tell(
        "a network that comes back",
        "all packets lost until the second attempt has failed",
        f"one POST at attempt {1 + len(run.named('action.retried'))}",
        "60 s",
    )


def test_a_narrow_loopback(directory: Path, main: Target, scene: ExitStack, tell: Tell, judged: Judge) -> None:
    """A body of 8 KiB through 32 kbit/s, on the real loopback device."""
    pod = scene.enter_context(Namespace("net"))
    pod.run("ip", "link", "set", "lo", "mtu", "1500", "up")
    pod.run("tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "32kbit", "burst", "1600", "latency", "30s")
    listener = pod.in_network(lambda: socket.create_server(("127.0.0.1", 0)))
    endpoint = scene.enter_context(Endpoint(listener))
    configuration = _configuration(main, endpoint, http={"body": "x" * 8192}, timeout="30s")
    run = scene.enter_context(Run(directory, configuration, wrapper=pod.inside))
    run.wait_for("rule.watching")
    main.end(3)
    judged(run, 1, 3, endpoint=endpoint)
    assert _duration(run) > 1
    tell(
        "a narrow loopback",
        "tc tbf, 32 kbit/s on lo of a network namespace, a body of 8 KiB",
        f"answered after {_duration(run):.2f} s, one POST",
        "30 s, the `timeout`",
    )


def test_an_endpoint_that_never_answers_beside_one_that_does(
    directory: Path, endpoint: Endpoint, main: Target, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    """Rules do not wait for each other, and SIGTERM does not wait for the peer."""
    endpoint.scripts["/deaf"] = [silence]
    deaf = {"http": {"url": endpoint.url("/deaf")}, "timeout": "10m", "retry": {"attempts": 1}}
    quick = {"http": {"url": endpoint.url()}, "timeout": "20s"}
    run = scene.enter_context(
        Run(directory, document(rule("deaf", main.name, actions=[deaf]), rule("quick", main.name, actions=[quick])))
    )
    run.wait_for("rule.watching", 2)
    main.end(0)
    run.wait_for("rule.finished", rule="quick")
    endpoint.await_posts(1, "/deaf")
    run.signal(15)
    run.wait_for("signal.received")
    run.signal(15)
    begin = time.monotonic()
    assert run.exit_code() == 143 and time.monotonic() - begin < 10
    judged(run, 1, 143, endpoint=endpoint, all_posts=2)
    assert run.verdict()["rules"][0]["notDone"] == ["0/http"]
    tell(
        "a peer that never answers",
        "the request is taken and nothing comes back, `timeout: 10m`; another rule beside it; SIGTERM twice",
        "the other rule is done; 143 at once, `notDone` names the request",
        "10 s",
    )
