"""Slow and lossy networks."""

import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.configuration import document, rule
from support.endpoint import Endpoint, silence
from support.fixtures import Judge, Tell
from support.namespaces import Namespace
from support.programs import FULL, Target
from support.run import Run
from support.tunnel import Tunnel


def _life(directory: Path, scene: ExitStack, wrapper: list[str], url: str, **keys) -> Run:
    """One life of the main job with this request."""
    main = scene.enter_context(Target())
    action = {"http": {"url": url, **keys.pop("http", {})}, **keys}
    watched = rule("r", main.name, actions=[action], exitCode={"ended": "fromTarget", "actionFailed": 5})
    run = scene.enter_context(Run(directory, document(watched), wrapper=wrapper))
    run.wait_for("rule.watching")
    main.end(3)
    return run


def _duration(run: Run) -> float:
    done = run.named("action.succeeded") + run.named("action.failed")
    return done[0]["durationMs"] / 1000


def test_a_slow_way(directory: Path, scene: ExitStack, tell: Tell, judged: Judge) -> None:
    net = scene.enter_context(Tunnel(delay=0.4))
    run = _life(directory, scene, net.near.inside, net.endpoint.url(), timeout="20s", retry={"attempts": 1})
    judged(run, 1, 3, endpoint=net.endpoint)
    # There and back for the connection, there and back for the request.
    assert _duration(run) >= 1.6
    tell(
        "a slow network",
        "400 ms each way between two network namespaces",
        f"answered after {_duration(run):.2f} s, one POST",
        "20 s, the `timeout`",
    )


def test_a_way_that_is_slower_than_the_timeout(directory: Path, scene: ExitStack, tell: Tell, judged: Judge) -> None:
    """Every attempt is given up before its answer can be back; the whole stays within what explain promises."""
    net = scene.enter_context(Tunnel(delay=0.8))
    run = _life(
        directory, scene, net.near.inside, net.endpoint.url(), timeout="500ms", retry={"attempts": 3, "delay": "100ms"}
    )
    judged(run, 0, 5, endpoint=net.endpoint)
    # 3 × 500 ms and pauses of 100 and 200 ms, give or take a fifth.
    assert 1.7 <= _duration(run) < 10
    assert len(run.named("action.retried")) == 2
    tell(
        "a network slower than the timeout",
        "800 ms each way, `timeout: 500ms`, 3 attempts",
        f"given up after {_duration(run):.2f} s, `actionFailed`",
        "1.86 s and what a loaded machine adds",
    )


@pytest.mark.parametrize("seed", range(1, 7 if FULL else 4))
def test_a_way_that_loses_packets(seed: int, directory: Path, scene: ExitStack, tell: Tell, judged: Judge) -> None:
    """TCP repeats what was lost. Where even that takes longer than the timeout, the attempt is made again."""
    net = scene.enter_context(Tunnel(delay=0.01, loss=0.3, seed=seed))
    run = _life(
        directory, scene, net.near.inside, net.endpoint.url(), timeout="15s", retry={"attempts": 5, "delay": "100ms"}
    )
    code = run.exit_code()
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


def test_a_way_that_ends_nowhere(directory: Path, scene: ExitStack, tell: Tell, judged: Judge) -> None:
    net = scene.enter_context(Tunnel(loss=1.0))
    run = _life(
        directory,
        scene,
        net.near.inside,
        net.endpoint.url(),
        timeout="500ms",
        retry={"attempts": 3, "delay": "100ms"},
        onFailure="ignore",
    )
    judged(run, 0, 3, endpoint=net.endpoint)
    assert 1.7 <= _duration(run) < 10
    tell(
        "a network that swallows everything",
        "all packets lost, `timeout: 500ms`, 3 attempts, `onFailure: ignore`",
        f"given up after {_duration(run):.2f} s, the target's code",
        "1.86 s and what a loaded machine adds",
    )


def test_a_way_that_is_healed(directory: Path, scene: ExitStack, tell: Tell, judged: Judge) -> None:
    net = scene.enter_context(Tunnel(loss=1.0))
    run = _life(
        directory,
        scene,
        net.near.inside,
        net.endpoint.url(),
        timeout="500ms",
        retry={"attempts": 100, "delay": "50ms", "maxDelay": "100ms"},
    )
    run.wait_for("action.retried", 2)
    net.loss = 0
    judged(run, 1, 3, endpoint=net.endpoint)
    tell(
        "a network that comes back",
        "all packets lost until the second attempt has failed",
        f"one POST at attempt {1 + len(run.named('action.retried'))}",
        "60 s",
    )


def test_a_narrow_loopback(directory: Path, scene: ExitStack, tell: Tell, judged: Judge) -> None:
    """A body of 8 KiB through 32 kbit/s, on the real loopback device."""
    pod = scene.enter_context(Namespace("net"))
    pod.run("ip", "link", "set", "lo", "mtu", "1500", "up")
    pod.run("tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "32kbit", "burst", "1600", "latency", "30s")
    listener = pod.in_network(lambda: socket.create_server(("127.0.0.1", 0)))
    endpoint = scene.enter_context(Endpoint(listener))
    run = _life(
        directory, scene, pod.inside, endpoint.url(), http={"body": "x" * 8192}, timeout="30s", retry={"attempts": 1}
    )
    judged(run, 1, 3, endpoint=endpoint)
    assert _duration(run) > 1
    tell(
        "a narrow loopback",
        "tc tbf, 32 kbit/s on lo of a network namespace, a body of 8 KiB",
        f"answered after {_duration(run):.2f} s, one POST",
        "30 s, the `timeout`",
    )


def test_an_endpoint_that_never_answers_beside_one_that_does(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    """Rules do not wait for each other, and SIGTERM does not wait for the peer."""
    endpoint.scripts["/deaf"] = [silence]
    main = scene.enter_context(Target())
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
    assert endpoint.posts() == 1 and run.verdict()["rules"][0]["notDone"] == ["0/http"]
    tell(
        "a peer that never answers",
        "the request is taken and nothing comes back, `timeout: 10m`; another rule beside it; SIGTERM twice",
        "the other rule is done; 143 at once, `notDone` names the request",
        "10 s",
    )
