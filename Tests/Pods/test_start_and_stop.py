"""In which order a pod starts, and how it is deleted."""

from podbed.configuration import CODES, configuration_of, rule
from podbed.observation import Observation
from podbed.scenario import Scenario
from podbed.sidecars import Sidecar
from podbed.stage import AGENT, CLEAN_UP, CLEAN_UP_WITHOUT_MESH, Stage


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

    def check(self, seen: Observation, stage: Stage) -> None:
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

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.events.one("action.succeeded").has(status=200)


class WhenThePodIsDeleted(Scenario):
    title = "the pod is deleted (`onTerminate: drain`): main cleans up through the mesh for 1.5 s, Envoy stays for it"
    loop = "report"

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.usual_pod(sidecar, stage.main(CLEAN_UP), stage.proxy(AGENT))
        pod.delete()
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.events.one("signal.received").has(signal="SIGTERM")
        assert seen.events.one("target.exited").has(exitCode=0)
        assert seen.events.one("rule.fired").has(outcome="succeeded")
        assert seen.events.one("action.succeeded").has(status=200)


class WhenThePodIsDeletedAndKnellActsAtOnce(Scenario):
    title = "the pod is deleted (`onTerminate: run`): main cleans up without the mesh, Envoy stays until told"
    configuration = configuration_of(onTerminate="run")
    loop = "report"

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.usual_pod(sidecar, stage.main(CLEAN_UP_WITHOUT_MESH), stage.proxy(AGENT))
        pod.delete()
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0}, needs_mesh=False)

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.events.of("target.exited") == []
        assert seen.events.one("rule.fired").has(outcome="terminated")
        assert seen.events.one("action.succeeded").has(status=200)


class WhenThePodIsDeletedAndKnellOnlyExits(Scenario):
    title = "the pod is deleted (`onTerminate: exit`, `terminated: 143`): Envoy ends by itself"
    configuration = configuration_of(rule(exitCode={**CODES, "terminated": 143}), onTerminate="exit")
    loop = "report"
    suits_the_loop = True

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.usual_pod(sidecar, stage.main(CLEAN_UP_WITHOUT_MESH))
        pod.delete()
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 143}, needs_mesh=False)

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.events.of("action.started") == []
        assert seen.verdict and seen.verdict["reason"] == "SIGTERM"
        assert seen.verdict["rules"][0]["notDone"] == ["0/shutdown"]
