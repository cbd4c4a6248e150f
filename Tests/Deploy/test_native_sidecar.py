"""Knell as a native sidecar: what it does when the kubelet lets it run on, ends it, or starts it again."""

from __future__ import annotations

import http.server
import json
import shutil
import signal
import subprocess
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from kube import DEPLOY, knell, run

EXAMPLE = DEPLOY / "kustomize/examples/native"
#: The longest that anything here is waited for, in seconds.
BOUND = 120


@pytest.mark.parametrize("scenario", ["scenario.yaml", "slow-start.yaml"])
def test_a_scenario_of_its_life_holds(scenario: str) -> None:
    run(knell(), "simulate", str(EXAMPLE / "knell.yaml"), str(EXAMPLE / scenario))


@pytest.mark.parametrize(
    ("old", "new", "scenario", "complaint"),
    [
        # Without `repeat` it exits by itself, and the kubelet starts it again.
        ("    repeat: true\n", "", "scenario.yaml", "expected: run.finished at 2m10s, but"),
        # With `drain` it would hold the pod up for the whole of terminationTimeout.
        ("onTerminate: exit\n", "onTerminate: drain\n", "scenario.yaml", "expected: run.finished at 2m10s, but"),
        # With the time of a plain container Envoy would be gone before the main container starts.
        (
            "startTimeout: 6h",
            "startTimeout: 10m",
            "slow-start.yaml",
            "expected: never rule.fired at 1h45m1s or earlier",
        ),
        # Without more attempts the rule waits for a program that is over.
        ("attempts: 8", "attempts: 3", "slow-start.yaml", "expected: action.succeeded action=0/shutdown attempt=5"),
    ],
)
def test_the_configuration_of_a_plain_container_does_not_do(
    tmp_path: Path, old: str, new: str, scenario: str, complaint: str
) -> None:
    text = (EXAMPLE / "knell.yaml").read_text()
    assert old in text
    (tmp_path / "knell.yaml").write_text(text.replace(old, new))
    result = run(knell(), "simulate", str(tmp_path / "knell.yaml"), str(EXAMPLE / scenario), check=False)
    assert result.returncode == 1
    assert complaint in result.stderr


class Helper(http.server.ThreadingHTTPServer):
    """Stands in for a helper's shutdown endpoint on loopback, and counts what it is told."""

    def __init__(self) -> None:
        self.requests = 0
        self.asked = threading.Event()
        helper = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                helper.requests += 1
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()
                helper.asked.set()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        super().__init__(("127.0.0.1", 0), Handler)


class Watcher:
    """A `knell run` whose events can be waited for."""

    def __init__(self, configuration: Path) -> None:
        command = [knell(), "run", "--config", str(configuration), "--log-format", "json"]
        command += ["--termination-log", str(configuration.with_suffix(".verdict"))]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self._timer = threading.Timer(BOUND, self.process.kill)
        self._timer.start()

    def wait_for(self, event: str) -> None:
        """Reads the log up to this event; the log ends where it does not come in time."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if json.loads(line)["event"] == event:
                return
        raise AssertionError(f"no {event} before Knell ended with {self.process.wait()}")

    def terminate(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(BOUND)

    def close(self) -> None:
        self._timer.cancel()
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


class Pod:
    """A main program with a name of its own, a helper, and a configuration about the two."""

    def __init__(self, directory: Path) -> None:
        self.helper = Helper()
        self._thread = threading.Thread(target=self.helper.serve_forever)
        self._thread.start()
        name = f"m{uuid.uuid4().hex[:10]}"
        self._program = shutil.copy("/bin/sleep", directory / name)
        text = (EXAMPLE / "knell.yaml").read_text()
        request = f"http: {{url: 'http://127.0.0.1:{self.helper.server_port}/quitquitquit'}}"
        self.native = directory / "native.yaml"
        self.native.write_text(text.replace("^export$", f"^{name}$").replace("shutdown: envoy", request))
        self.plain = directory / "plain.yaml"
        self.plain.write_text(self.native.read_text().replace("    repeat: true\n", ""))
        self._running: list[subprocess.Popen[bytes] | Watcher] = []

    def start_main(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([self._program, "600"])
        self._running.append(process)
        return process

    def start_knell(self, configuration: Path) -> Watcher:
        watcher = Watcher(configuration)
        self._running.append(watcher)
        return watcher

    def close(self) -> None:
        for process in self._running:
            if isinstance(process, Watcher):
                process.close()
            elif process.poll() is None:
                process.kill()
                process.wait()
        self.helper.shutdown()
        self.helper.server_close()
        self._thread.join()


@pytest.fixture
def pod(tmp_path: Path) -> Iterator[Pod]:
    pod = Pod(tmp_path)
    try:
        yield pod
    finally:
        pod.close()


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def test_it_tells_the_helper_and_stays_until_the_kubelet_ends_it(pod: Pod) -> None:
    sidecar = pod.start_knell(pod.native)
    sidecar.wait_for("run.started")
    main = pod.start_main()
    sidecar.wait_for("rule.watching")
    end(main)
    sidecar.wait_for("rule.finished")
    assert pod.helper.requests == 1
    assert sidecar.process.poll() is None
    assert sidecar.terminate() == 0
    assert pod.helper.requests == 1


def test_it_goes_at_once_where_the_pod_ends_before_anything_was_seen(pod: Pod) -> None:
    sidecar = pod.start_knell(pod.native)
    sidecar.wait_for("run.started")
    assert sidecar.terminate() == 0
    assert pod.helper.requests == 0


def test_a_main_container_that_is_started_again_is_served_again(pod: Pod) -> None:
    sidecar = pod.start_knell(pod.native)
    for _ in range(2):
        main = pod.start_main()
        sidecar.wait_for("rule.watching")
        end(main)
        sidecar.wait_for("rule.finished")
    assert pod.helper.requests == 2
    assert sidecar.terminate() == 0


def test_without_repeat_it_exits_and_what_is_started_in_its_place_waits(pod: Pod) -> None:
    """What the kubelet does with restartPolicy: Always, by hand: the limit that the README tells."""
    first = pod.start_knell(pod.plain)
    main = pod.start_main()
    first.wait_for("rule.watching")
    end(main)
    assert pod.helper.asked.wait(BOUND)
    assert first.process.wait(BOUND) == 0
    again = pod.start_knell(pod.plain)
    again.wait_for("run.started")
    assert again.terminate() == 0
    assert pod.helper.requests == 1
