"""Proxies that come late, hang, or do not want to end."""

from signal import Signals

from podbed import images
from podbed.configuration import asking, configuration_of, rule
from podbed.manifest import Container
from podbed.observation import Observation
from podbed.scenario import Scenario
from podbed.sidecars import Sidecar
from podbed.stage import WITHOUT_MESH, Stage

PROXY_USER = 1337


def escalation(process: str) -> str:
    """A configuration that asks, then signals, then kills."""
    stop = {"process": {"name": process}}
    return configuration_of(
        rule(
            asking(timeout="1s", retry={"attempts": 1}, onFailure="ignore"),
            {"signal": stop, "thenGone": {"within": "1s"}, "onFailure": "ignore"},
            {"signal": {**stop, "signal": "SIGKILL"}, "thenGone": {"within": "30s"}},
            name="stop-the-proxy",
        )
    )


class WhenTheProxyComesLate(Scenario):
    title = "main has ended before Envoy is up (`retry`)"
    loop = "report"
    configuration = configuration_of(rule(asking(retry={"attempts": 100, "delay": "250ms", "maxDelay": "500ms"})))

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.pod(stage.main(WITHOUT_MESH), sidecar.container(stage.path), stage.proxy())
        stage.start_main(pod)
        pod.start("sidecar")
        sidecar.watches(pod)
        pod.tell("main", 0)
        sidecar.tries(pod)
        stage.start_envoy(pod)
        return stage.observe(pod, sidecar, {"main": 0, "sidecar": 0, "proxy": 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert "refused" in seen.events.of("action.retried")[0]["error"]
        assert seen.events.one("action.succeeded").has(status=200)


class WhenTheProxyIgnoresSIGTERM(Scenario):
    title = "the helper has no endpoint and ignores SIGTERM: request, SIGTERM, `thenGone`, SIGKILL"
    configuration = escalation("^stubborn$")
    # To signal the proxy takes its own user.
    user = PROXY_USER
    loop = "report"

    script = """trap '' TERM; mkfifo /tmp/never; exec 3<>/tmp/never; echo up; read -r _ <&3"""

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        proxy = Container("proxy", "proxy", images.MAIN, ["stubborn", "-c", self.script], user=PROXY_USER)
        pod = stage.pod(proxy, stage.main(WITHOUT_MESH), sidecar.container(stage.path))
        pod.start("proxy")
        pod.says("proxy", "up")
        stage.start_main(pod)
        pod.start("sidecar")
        sidecar.watches(pod)
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 137, "main": 0, "sidecar": 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert [event["action"] for event in seen.events.of("action.failed")] == ["0/http", "1/signal"]
        assert seen.events.one("action.failed", action="1/signal").has(level="warning")
        assert seen.events.one("action.succeeded").has(action="2/signal")


class WhenTheProxyHangs(Scenario):
    title = "Envoy hangs (SIGSTOP): the request times out, SIGTERM is not heard, SIGKILL"
    configuration = escalation("^envoy$")
    # To signal the proxy takes its own user.
    user = PROXY_USER
    loop = "report"

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.usual_pod(sidecar, stage.main(WITHOUT_MESH), stage.proxy(user=PROXY_USER))
        pod.send(Signals.SIGSTOP, "proxy")
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 137, "main": 0, "sidecar": 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert [event["action"] for event in seen.events.of("action.failed")] == ["0/http", "1/signal"]
        assert seen.events.one("action.failed", action="0/http")["durationMs"] >= 1000
        assert seen.events.one("action.succeeded").has(action="2/signal")
