"""Pods that live long: probes, metrics, repeated rules."""

from podbed.configuration import configuration_of, rule, watching
from podbed.observation import Observation
from podbed.pod import Pod
from podbed.scenario import Scenario
from podbed.sidecars import NAME, Knell, Sidecar
from podbed.stage import Stage

STATUS = "127.0.0.1:9464"


class WhenProbesAsk(Scenario):
    title = "`knell probe` as exec probe, `/metrics` from another container, `knell match` in the pod"
    options = ("--status-listen", STATUS)
    unstated = "it has no status"

    ready: list[tuple[int, str]]

    @staticmethod
    def probe(pod: Pod, page: str) -> tuple[int, str]:
        return pod.execute(NAME, "/knell", "probe", "--timeout", "30s", f"http://{STATUS}/{page}")

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.pod(stage.proxy(), sidecar.container(stage.path), stage.main())
        stage.start_envoy(pod)
        pod.start("sidecar")
        sidecar.looks(pod)
        self.healthy = self.probe(pod, "healthz")
        self.ready = [self.probe(pod, "readyz")]
        stage.start_main(pod)
        sidecar.watches(pod)
        self.ready.append(self.probe(pod, "readyz"))
        self.metrics = pod.execute("main", "curl", "-fsS", f"http://{STATUS}/metrics")
        self.match = pod.execute(NAME, "/knell", "match", "/etc/knell/knell.yaml")
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "sidecar": 0, "main": 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert self.healthy == (0, "")
        assert self.ready[0] == (1, f"knell: probe failed: {STATUS} answered 503: stop-the-mesh\n")
        assert self.ready[1] == (0, "")
        assert self.metrics[0] == 0
        assert 'knell_rule_state{rule="stop-the-mesh",state="watching"} 1\n' in self.metrics[1]
        assert self.match[0] == 0
        assert str(seen.events.one("target.found")["pid"]) in self.match[1]


class WhenARuleRepeats(Scenario):
    title = "`repeat: true`: three reports, each acknowledged; a `final` rule when their supervisor has ended"
    unstated = "it looks for one end"

    configuration = configuration_of(
        rule({"touch": "/shared/acknowledged"}, name="each-report", repeat=True),
        rule(watch=watching("^load$"), final=True),
    )
    # A report begins when the one before it has been acknowledged.
    script = """
        echo begins
        for round in 1 2 3; do
            report -c 'read -r code <&3; exit $code'
            until [ -e /shared/acknowledged ]; do sleep 0.1; done
            rm -f /shared/acknowledged
        done
        mesh || exit 9
    """
    ROUNDS = 3

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        assert isinstance(sidecar, Knell)
        stage.share_a_volume()
        pod = stage.usual_pod(sidecar, stage.main(self.script, "load"))
        for begun in range(self.ROUNDS):
            # Else it might end between two looks.
            sidecar.logs_event(pod, "target.found", begun + 1, rule="each-report")
            pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert len(seen.events.of("rule.fired", rule="each-report", outcome="succeeded")) == self.ROUNDS
        assert len(seen.events.of("rule.fired", rule="stop-the-mesh")) == 1
        assert len(seen.events.of("action.succeeded", action="0/touch")) == self.ROUNDS
        assert seen.verdict and seen.verdict["reason"] == "final rule stop-the-mesh"
