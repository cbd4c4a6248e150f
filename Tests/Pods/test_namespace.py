"""Pods that do not share their PID namespace."""

from podbed import images
from podbed.configuration import configuration_of, rule, watching
from podbed.manifest import Container, Mount
from podbed.observation import Observation
from podbed.scenario import Scenario
from podbed.sidecars import KnellExec, Sidecar, termination_log
from podbed.stage import AGENT, CLEAN_UP, Stage

ALONE = "it cannot see main in such a pod"
EXEC = ["exec", "--wait-for", "http://127.0.0.1:15020/ready", "--shutdown", "istio", "--"]


class WhenTheNamespaceIsNotShared(Scenario):
    title = "`shareProcessNamespace` was forgotten (`startTimeout: 8s`, `notStarted: 3`)"
    loop = "report"
    configuration = configuration_of(rule(watch=watching(startTimeout="8s")))

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.pod(stage.proxy(), stage.main(), sidecar.container(stage.path), shared=False)
        stage.start_envoy(pod)
        stage.start_main(pod)
        pod.start("sidecar")
        sidecar.looks(pod)
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 3})

    def check(self, seen: Observation, stage: Stage) -> None:
        warning = seen.events.one("namespace.notShared")
        assert warning.has(level="warning") and "shareProcessNamespace: true" in warning["error"]
        assert seen.events.one("rule.fired").has(outcome="notStarted")


class ExecScenario(Scenario):
    """A pod in which Knell is the entry point of main, and no container of its own."""

    unstated = ALONE

    def knell(self) -> KnellExec:
        return KnellExec()

    def entered(self, stage: Stage, main: Container, image: str, knell: str, *mounts: Mount) -> Container:
        """`main`, started by Knell."""
        everything = [*main.mounts, termination_log(stage.path), *mounts]
        return Container(main.name, main.role, image, [knell, *EXEC, *main.command], user=main.user, mounts=everything)


class WhenMainCarriesKnell(ExecScenario):
    title = "`knell exec` in main's image, no shared namespace, `--wait-for` Envoy; main fails with 3"

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        assert isinstance(sidecar, KnellExec)
        main = self.entered(stage, stage.main(), images.CARRIER, "/knell")
        pod = stage.pod(main, stage.proxy(), shared=False)
        pod.start("main")
        pod.says("main", "command.waiting")
        assert not sidecar.events(pod).of("command.started")
        stage.start_envoy(pod)
        pod.says("main", "begins")
        pod.tell("main", 3)
        ended = pod.says("main", "command.exited").time
        return stage.observe(pod, sidecar, {"main": 3, "proxy": 0}, ended=ended)

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.events.one("command.exited").has(name="report", exitCode=3)
        assert seen.events.one("target.exited").has(exitCode=3, source="waitid")
        assert seen.events.one("action.succeeded").has(action="0/shutdown", status=200)
        assert seen.verdict and seen.verdict["exitCode"] == 3
        assert seen.verdict["command"] == "report exited with code 3"


class WhenAnInitContainerBringsKnell(ExecScenario):
    title = "`knell exec` from an emptyDir that an init container has filled; main's image is untouched"

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        tools = Mount("tools", "/tools")
        copy = Container("copy", "init", images.CARRIER, ["cp", "/knell", "/tools/knell"], mounts=[tools])
        main = self.entered(stage, stage.main(), images.MAIN, "/tools/knell", Mount("tools", "/tools", read_only=True))
        pod = stage.pod(main, stage.proxy(), init=[copy], shared=False)
        pod.start()
        pod.says("main", "begins")
        pod.tell("main", 0)
        ended = pod.says("main", "command.exited").time
        return stage.observe(pod, sidecar, {"main": 0, "proxy": 0}, ended=ended)

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.events.one("command.exited").has(exitCode=0)
        assert seen.verdict and seen.verdict["command"] == "report exited with code 0"


class WhenAPodOfExecIsDeleted(ExecScenario):
    title = "a pod with `knell exec` is deleted: main cleans up through the mesh for 1.5 s"

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        main = self.entered(stage, stage.main(CLEAN_UP), images.CARRIER, "/knell")
        pod = stage.pod(main, stage.proxy(AGENT), shared=False)
        pod.start()
        pod.says("main", "begins")
        pod.delete()
        ended = pod.says("main", "command.exited").time
        return stage.observe(pod, sidecar, {"main": 0, "proxy": 0}, ended=ended)

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.events.of("signal.received")[0].has(signal="SIGTERM")
        assert seen.events.one("command.exited").has(exitCode=0)
        assert seen.events.one("action.succeeded").has(status=200)
