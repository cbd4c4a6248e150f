"""A ConfigMap that changes while the pod runs."""

from podbed.observation import Observation
from podbed.scenario import Scenario
from podbed.sidecars import Knell, Sidecar
from podbed.stage import Stage

RULE = """\
version: 1
rules:
  - name: stop-the-mesh
    watch:
      processes:
        - name: ^report$
    actions:
      - http: {url: "http://127.0.0.1:15020/quitquitquit"}
        retry: {attempts: 1}
"""
NO_CONFIGURATION = "it has no configuration"


class WhenAValidConfigurationComes(Scenario):
    title = "the ConfigMap changes while main runs: another port"
    unstated = NO_CONFIGURATION

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        assert isinstance(sidecar, Knell)
        pod = stage.pod(stage.proxy(), stage.main(), sidecar.container(stage.path))
        stage.start_all(pod, sidecar)
        sidecar.volume.update({"knell.yaml": RULE})
        sidecar.logs_event(pod, "config.reloaded")
        sidecar.watches(pod, run=2)
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0})

    def test_knell(self, stage: Stage) -> None:
        seen = self.play(stage, Knell(RULE.replace("15020", "15999")))
        assert seen.faults == []
        assert "stop-the-mesh" in seen.events.one("config.reloaded")["note"]
        assert seen.events.of("action.failed") == []
        assert seen.events.one("action.succeeded").has(status=200)


class WhenAnInvalidConfigurationComes(Scenario):
    title = "the ConfigMap changes while main runs: the new version is invalid"
    unstated = NO_CONFIGURATION

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        assert isinstance(sidecar, Knell)
        pod = stage.pod(stage.proxy(), stage.main(), sidecar.container(stage.path))
        stage.start_all(pod, sidecar)
        sidecar.volume.update({"knell.yaml": RULE + "    gracePeroid: 5s\n"})
        sidecar.logs_event(pod, "config.rejected")
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0})

    def test_knell(self, stage: Stage) -> None:
        seen = self.play(stage, Knell(RULE))
        assert seen.faults == []
        assert "unknown-key" in seen.events.one("config.rejected")["error"]
        assert seen.events.of("config.reloaded") == []
        assert seen.events.one("action.succeeded").has(status=200)
