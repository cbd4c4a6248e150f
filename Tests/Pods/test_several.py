"""Pods with two main containers."""

from podbed.configuration import configuration_of, rule, watching
from podbed.observation import Observation
from podbed.scenario import Scenario
from podbed.sidecars import Sidecar
from podbed.stage import TOLD_TO_BEGIN, Stage

EITHER = "^(extract|load)$"


def both(until: str) -> str:
    """A configuration that watches both."""
    return configuration_of(rule(watch=watching("^extract$", "^load$", until=until)))


class WhenTwoMainsRunSideBySide(Scenario):
    title = "two mains side by side, both are waited for (`allEnded`)"
    configuration = both("allEnded")
    loop = EITHER
    suits_the_loop = True

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        first, second = (stage.main(program=name, name=name) for name in ("extract", "load"))
        pod = stage.pod(stage.proxy(), first, second, sidecar.container(stage.path))
        stage.start_envoy(pod)
        stage.start_main(pod, "extract", "load")
        pod.start("sidecar")
        sidecar.watches(pod)
        pod.tell("extract", 0)
        assert pod.ends("extract", within=60)
        pod.tell("load", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "extract": 0, "load": 0, "sidecar": 0}, main="load")

    def check(self, seen: Observation, stage: Stage) -> None:
        assert [event["name"] for event in seen.events.of("target.exited")] == ["extract", "load"]
        assert seen.events.names.index("rule.fired") > seen.events.names.index("target.exited")
        assert seen.events.one("rule.fired").has(outcome="succeeded")


class WhenTwoMainsRunInTurn(Scenario):
    title = "two mains, the second begins when the first has ended (`allEnded`)"
    configuration = both("allEnded")
    loop = EITHER

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        first = stage.main(program="extract", name="extract")
        second = stage.main(program="load", name="load", prepare=TOLD_TO_BEGIN)
        pod = stage.pod(stage.proxy(), first, second, sidecar.container(stage.path))
        stage.start_envoy(pod)
        stage.start_main(pod, "extract")
        pod.start("load", "sidecar")
        sidecar.sees(pod)
        pod.tell("extract", 0)
        sidecar.misses(pod)
        pod.tell("load", "begin")
        pod.says("load", "begins")
        sidecar.watches(pod)
        pod.tell("load", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "extract": 0, "load": 0, "sidecar": 0}, main="load")

    def check(self, seen: Observation, stage: Stage) -> None:
        order = [event["name"] for event in seen.events if event.name in ("target.found", "target.exited")]
        assert order == ["extract", "extract", "load", "load"]


class WhenEitherMainMayEnd(Scenario):
    title = "two mains, whichever ends first (`anyEnded`); the other serves as long as there is a mesh"
    configuration = both("anyEnded")
    loop = EITHER

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        server = stage.main("echo begins; while mesh; do sleep 0.1; done; echo ends", program="load", name="load")
        pod = stage.pod(
            stage.proxy(), stage.main(program="extract", name="extract"), server, sidecar.container(stage.path)
        )
        stage.start_envoy(pod)
        stage.start_main(pod, "extract", "load")
        pod.start("sidecar")
        sidecar.watches(pod)
        pod.tell("extract", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "extract": 0, "load": 0, "sidecar": 0}, main="extract")

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.events.of("target.exited")[0]["name"] == "extract"
        load = seen.outcomes["load"].finished
        assert load and seen.events.one("rule.fired").time < load
