"""In which order a pod starts, and how it is deleted."""

from podbed.observation import Observation
from podbed.scenario import Scenario
from podbed.sidecars import Knell, Sidecar
from podbed.stage import CLEAN_UP, Stage
from test_main import STOP_THE_MESH

AGENT = ["/etc/envoy/agent"]
WITHOUT_MESH = "trap 'sleep 1.5; echo ends; exit 0' TERM; work"


class WhenTheSidecarStartsBeforeMain(Scenario):
    title = "start order Envoy, sidecar, main"
    loop = "report"

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.pod(stage.proxy(), sidecar.container(stage.path), stage.main())
        stage.start_envoy(pod)
        pod.start("sidecar")
        sidecar.looks(pod)
        stage.start_main(pod)
        sidecar.watches(pod)
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "sidecar": 0, "main": 0})

    def test_knell(self, stage: Stage) -> None:
        seen = self.play(stage, Knell(STOP_THE_MESH))
        assert seen.faults == []
        assert seen.main_began and seen.events.one("run.started").time < seen.main_began
        assert seen.events.one("rule.fired").has(outcome="succeeded")


class WhenTheSidecarStartsFirst(Scenario):
    title = "start order sidecar, Envoy, main"
    loop = "report"

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.pod(sidecar.container(stage.path), stage.proxy(), stage.main())
        pod.start("sidecar")
        sidecar.looks(pod)
        stage.start_envoy(pod)
        stage.start_main(pod)
        sidecar.watches(pod)
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"sidecar": 0, "proxy": 0, "main": 0})

    def test_knell(self, stage: Stage) -> None:
        seen = self.play(stage, Knell(STOP_THE_MESH))
        assert seen.faults == []
        assert seen.events.one("action.succeeded").has(status=200)


class WhenThePodIsDeleted(Scenario):
    title = "the pod is deleted (`onTerminate: drain`): main cleans up through the mesh for 1.5 s, Envoy stays for it"
    loop = "report"

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.pod(sidecar.container(stage.path), stage.proxy(AGENT), stage.main(CLEAN_UP))
        stage.start_all(pod, sidecar)
        pod.delete(grace=sidecar.patience)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0})

    def test_knell(self, stage: Stage) -> None:
        seen = self.play(stage, Knell(STOP_THE_MESH))
        assert seen.faults == []
        assert seen.events.one("signal.received").has(signal="SIGTERM")
        assert seen.events.one("target.exited").has(exitCode=0)
        assert seen.events.one("rule.fired").has(outcome="succeeded")
        assert seen.events.one("action.succeeded").has(status=200)


class WhenThePodIsDeletedAndKnellActsAtOnce(Scenario):
    title = "the pod is deleted (`onTerminate: run`): main cleans up without the mesh, Envoy stays until told"
    loop = "report"

    script = WITHOUT_MESH

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.pod(sidecar.container(stage.path), stage.proxy(AGENT), stage.main(self.script))
        stage.start_all(pod, sidecar)
        pod.delete(grace=sidecar.patience)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0}, needs_mesh=False)

    def test_knell(self, stage: Stage) -> None:
        seen = self.play(stage, Knell(STOP_THE_MESH.replace("rules:", "onTerminate: run\n    rules:")))
        assert seen.faults == []
        assert seen.events.of("target.exited") == []
        assert seen.events.one("rule.fired").has(outcome="terminated")
        assert seen.events.one("action.succeeded").has(status=200)


class WhenThePodIsDeletedAndKnellOnlyExits(Scenario):
    title = "the pod is deleted (`onTerminate: exit`, `terminated: 143`): Envoy ends by itself"
    loop = "report"

    script = WITHOUT_MESH
    suits_the_loop = True

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.pod(sidecar.container(stage.path), stage.proxy(), stage.main(self.script))
        stage.start_all(pod, sidecar)
        pod.delete(grace=sidecar.patience)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 143}, needs_mesh=False)

    def test_knell(self, stage: Stage) -> None:
        configuration = STOP_THE_MESH.replace("rules:", "onTerminate: exit\n    rules:")
        seen = self.play(stage, Knell(configuration.replace("notStarted: 3", "terminated: 143")))
        assert seen.faults == []
        assert seen.events.of("action.started") == []
        assert seen.verdict and seen.verdict["reason"] == "SIGTERM"
        assert seen.verdict["rules"][0]["notDone"] == ["0/shutdown"]
