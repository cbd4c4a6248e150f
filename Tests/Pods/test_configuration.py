"""A ConfigMap that changes while the pod runs."""

from podbed.configuration import asking, configuration_of, rule
from podbed.observation import Observation
from podbed.scenario import Scenario
from podbed.sidecars import Sidecar
from podbed.stage import Stage

ONCE = asking(retry={"attempts": 1})
WRONG_PORT = 15999


class WhenAValidConfigurationComes(Scenario):
    title = "the ConfigMap changes while main runs: the proxy's port is put right"
    configuration = configuration_of(rule(asking(WRONG_PORT)))
    loop = "report"
    port = WRONG_PORT
    remark = "its port stands in its command line"

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.usual_pod(sidecar)
        sidecar.updates(pod, configuration_of(rule(ONCE)))
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert "stop-the-mesh" in seen.events.one("config.reloaded")["note"]
        assert seen.events.of("action.failed") == []
        assert seen.events.one("action.succeeded").has(status=200)


class WhenAnInvalidConfigurationComes(Scenario):
    title = "the ConfigMap changes while main runs: the new version is invalid"
    configuration = configuration_of(rule(ONCE))
    loop = "report"
    suits_the_loop = True
    remark = "it reads no ConfigMap"

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.usual_pod(sidecar)
        sidecar.updates(pod, configuration_of(rule(ONCE, gracePeroid="5s")))
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert "unknown-key" in seen.events.one("config.rejected")["error"]
        assert seen.events.of("config.reloaded") == []
        assert seen.events.one("action.succeeded").has(status=200)
