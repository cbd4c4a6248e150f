"""How main ends, and what the sidecars make of it."""

from signal import Signals

from podbed.configuration import SHUTDOWN, configuration_of, rule, watching
from podbed.observation import Observation
from podbed.scenario import Scenario
from podbed.sidecars import Sidecar
from podbed.stage import TOLD_TO_BEGIN, WITHOUT_MESH, Stage


class WhenMainSucceeds(Scenario):
    title = "start order Envoy, main, sidecar; main ends with 0: the loop's own case"
    loop = "report"
    suits_the_loop = True

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.usual_pod(sidecar)
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.events.names == [
            "run.started",
            "target.found",
            "rule.watching",
            "target.exited",
            "rule.fired",
            "action.started",
            "action.succeeded",
            "rule.finished",
            "run.finished",
        ]
        assert seen.events.one("target.exited").has(name="report", exitCode=0, source="pidfdInfo")
        assert seen.events.one("action.succeeded").has(action="0/shutdown", status=200, attempt=1)
        assert seen.verdict == {
            "exitCode": 0,
            "reason": "finished",
            "rules": [{"rule": "stop-the-mesh", "state": "finished", "outcome": "succeeded", "exitCode": 0}],
        }


class WhenMainFails(Scenario):
    title = "main fails with 3, the sidecar is to repeat it (`fromTarget`)"
    loop = "report"
    configuration = configuration_of(
        rule(
            {"touch": "/shared/report-succeeded", "when": ["succeeded"]},
            {"touch": "/shared/report-failed", "when": ["failed"]},
            SHUTDOWN,
            exitCode="fromTarget",
        )
    )

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        stage.share_a_volume()
        pod = stage.usual_pod(sidecar)
        pod.tell("main", 3)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 3, "sidecar": 3})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.events.one("target.exited").has(exitCode=3, source="pidfdInfo")
        assert seen.events.one("rule.fired").has(outcome="failed")
        assert seen.events.one("action.skipped").has(action="0/touch")
        assert [path.name for path in stage.shared.iterdir()] == ["report-failed"]
        assert seen.verdict and seen.verdict["exitCode"] == 3
        assert seen.verdict["rules"][0]["outcome"] == "failed"


class WhenMainIsKilled(Scenario):
    title = "SIGKILL ends main, as when memory is short (`fromTarget`)"
    loop = "report"

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.usual_pod(sidecar)
        pod.send(Signals.SIGKILL, "main")
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 137, "sidecar": 137})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.events.one("target.exited").has(signal="SIGKILL", exitCode=None, source="pidfdInfo")
        assert seen.events.one("rule.finished").has(outcome="failed", exitCode=137)


class WhenMainIsRestarted(Scenario):
    title = "main fails and is restarted (`restartPolicy: OnFailure`, `gracePeriod: 8s`), then ends with 0"
    loop = "report"
    # podman has restarted main, and Knell has seen it, within a second, even on a busy machine.
    configuration = configuration_of(rule(gracePeriod="8s"))

    # The second run begins when it is told to. Those after another failure take a second each, to spare the machine.
    prepare = f"""
        echo >>/shared/runs
        case $(wc -l </shared/runs) in 1) ;; 2) {TOLD_TO_BEGIN} ;; *) export LATER=1 ;; esac"""
    script = """
        [ "$LATER" ] && work() { echo begins; sleep 1; code=0; }
        work; mesh || exit 9; echo ends; exit $code
    """

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        stage.share_a_volume()
        main = stage.main(self.script, prepare=self.prepare)
        pod = stage.usual_pod(sidecar, main, restart="OnFailure")
        pod.tell("main", 1)
        sidecar.misses(pod)
        pod.tell("main", "begin")
        pod.says("main", "begins", count=2)
        sidecar.resumes(pod)
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.outcomes["main"].restarts == 1
        assert [event["exitCode"] for event in seen.events.of("target.exited")] == [1, 0]
        assert len(seen.events.of("rule.grace")) == 2
        assert len(seen.events.of("rule.resumed")) == 1
        assert seen.events.one("rule.fired").has(outcome="succeeded")


class WhenTheSidecarIsRestarted(Scenario):
    title = "SIGKILL ends the sidecar, it is restarted, then main ends with 0"
    loop = "report"
    suits_the_loop = True

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.usual_pod(sidecar, restart="OnFailure")
        pod.send(Signals.SIGKILL, "sidecar")
        sidecar.watches(pod, run=2)
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.outcomes["sidecar"].restarts == 1
        assert len(seen.events.of("run.started")) == 2
        found = seen.events.of("target.found")
        assert len(found) == 2 and found[0]["pid"] == found[1]["pid"]
        assert seen.events.one("rule.fired").has(outcome="succeeded")


class WhenMainHasALongName(Scenario):
    title = "main is called nightly-report-builder; the kernel keeps 15 bytes of it"
    loop = "nightly-report-builder"
    configuration = configuration_of(rule(watch=watching("^nightly-report-builder$")))

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        main = stage.main(program="nightly-report-builder")
        pod = stage.usual_pod(sidecar, main)
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.events.one("target.found").has(name="nightly-report-builder")


class WhenMainBecomesAZombie(Scenario):
    title = "main's end leaves a zombie: its entry point does not reap"
    loop = "report"
    # The status of a zombie that nobody reaps may be read by its own user.
    user = 1000

    # tail waits for the end of Envoy, and knows nothing of the child that it has inherited.
    prepare = '"$0" "$@" & exec tail --pid="$(pgrep -x envoy)" --sleep-interval=0.1 -f /dev/null'

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.usual_pod(sidecar, stage.main(prepare=self.prepare))
        pod.tell("main", 0)
        ended = pod.says("main", "ends").time
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0}, ended=ended)

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.events.one("target.exited").has(exitCode=0, source="procStat")


class WhenMainIsGoneAlready(Scenario):
    title = "main has ended before the sidecar starts (`startTimeout: 2s`)"
    loop = "report"
    suits_the_loop = True
    configuration = configuration_of(rule(watch=watching(startTimeout="2s"), exitCode={"notStarted": 0}))

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.pod(stage.proxy(), stage.main(), sidecar.container(stage.path))
        stage.start_envoy(pod)
        stage.start_main(pod)
        pod.tell("main", 0)
        assert pod.ends("main", within=60)
        pod.start("sidecar")
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.events.of("target.found") == []
        assert seen.events.one("rule.fired").has(outcome="notStarted")
        assert seen.verdict and seen.verdict["rules"][0]["outcome"] == "notStarted"


class WhenMainNeedsNoMesh(Scenario):
    title = "no mesh in the pod"
    loop = "report"

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.pod(stage.main(WITHOUT_MESH), sidecar.container(stage.path))
        stage.start_main(pod)
        pod.start("sidecar")
        sidecar.watches(pod)
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"main": 0, "sidecar": 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert len(seen.events.of("action.retried")) == 2
        assert seen.events.one("action.succeeded").has(action="0/shutdown", attempt=3, status=None)
