"""A ConfigMap that changes while the pod runs."""

from podbed.configuration import QUIT, configuration_of, rule
from podbed.observation import Observation
from podbed.scenario import Scenario
from podbed.sidecars import Knell, Sidecar
from podbed.stage import Stage

ONCE = {**QUIT, "retry": {"attempts": 1}}
NO_CONFIGURATION = "it has no configuration"


class WhenAValidConfigurationComes(Scenario):
    title = "the ConfigMap changes while main runs: another port"
    configuration = configuration_of(rule({"http": {"url": "http://127.0.0.1:15999/quitquitquit"}}))
    unstated = NO_CONFIGURATION

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        assert isinstance(sidecar, Knell)
        pod = stage.usual_pod(sidecar)
        sidecar.volume.update({"knell.yaml": configuration_of(rule(ONCE))})
        sidecar.logs_event(pod, "config.reloaded")
        sidecar.watches(pod, run=2)
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert "stop-the-mesh" in seen.events.one("config.reloaded")["note"]
        assert seen.events.of("action.failed") == []
        assert seen.events.one("action.succeeded").has(status=200)


class WhenAnInvalidConfigurationComes(Scenario):
    title = "the ConfigMap changes while main runs: the new version is invalid"
    configuration = configuration_of(rule(ONCE))
    unstated = NO_CONFIGURATION

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        assert isinstance(sidecar, Knell)
        pod = stage.usual_pod(sidecar)
        sidecar.volume.update({"knell.yaml": configuration_of(rule(ONCE, gracePeroid="5s"))})
        sidecar.logs_event(pod, "config.rejected")
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert "unknown-key" in seen.events.one("config.rejected")["error"]
        assert seen.events.of("config.reloaded") == []
        assert seen.events.one("action.succeeded").has(status=200)
