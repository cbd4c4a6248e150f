"""What Knell may do, and what it does without a right."""

from pathlib import Path

from podbed.observation import Observation
from podbed.scenario import Scenario
from podbed.sidecars import NAME, Knell, Sidecar
from podbed.stage import Stage
from test_main import STOP_THE_MESH


class WhenTheSidecarIsRestricted(Scenario):
    title = "the sidecar without root, capabilities and a writable root (as everywhere here; verified)"
    loop = "report"
    suits_the_loop = True

    status: dict[str, list[str]]
    root: str

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.pod(stage.proxy(), stage.main(), sidecar.container(stage.path))
        stage.start_all(pod, sidecar)
        process = Path("/proc", str(pod.states()[NAME].pid))
        lines = (line.split(":", 1) for line in (process / "status").read_text().splitlines())
        self.status = {key: value.split() for key, value in lines}
        mounts = (line.split() for line in (process / "mountinfo").read_text().splitlines())
        self.root = next(fields[5] for fields in mounts if fields[4] == "/")
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0})

    def test_knell(self, stage: Stage) -> None:
        seen = self.play(stage, Knell(STOP_THE_MESH))
        assert seen.faults == []
        assert self.status["Name"] == ["knell"]
        assert self.status["Uid"] == self.status["Gid"] == ["65532"] * 4
        assert {int(self.status[key][0], 16) for key in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
        assert self.status["NoNewPrivs"] == ["1"] and self.status["Seccomp"] == ["2"]
        assert "ro" in self.root.split(",")


class WhenUsersDiffer(Scenario):
    title = "main, Envoy and Knell as three users: touch and request work, `signal` fails and says why"
    unstated = "it makes a request and nothing else"

    configuration = """\
        version: 1
        rules:
          - name: stop-the-mesh
            watch:
              processes:
                - name: ^report$
            actions:
              - touch: /shared/done
              - signal: {process: {name: ^envoy$}}
              - http: {url: "http://127.0.0.1:15020/quitquitquit"}
            exitCode: {actionFailed: 5}
    """

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        stage.share_a_volume()
        pod = stage.pod(stage.proxy(user=1337), stage.main(user=1000), sidecar.container(stage.path))
        stage.start_all(pod, sidecar)
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 5})

    def test_knell(self, stage: Stage) -> None:
        seen = self.play(stage, Knell(self.configuration, user=65532))
        assert seen.faults == []
        assert seen.events.one("target.exited").has(exitCode=0, source="pidfdInfo")
        assert [event["action"] for event in seen.events.of("action.succeeded")] == ["0/touch", "2/http"]
        assert (stage.shared / "done").stat().st_uid == 65532
        failure = seen.events.one("action.failed")
        assert failure.has(action="1/signal", level="error")
        assert all(word in failure["error"] for word in ("uid 1337", "uid 65532", "CAP_KILL"))
        assert seen.verdict and seen.verdict["exitCode"] == 5
        assert [failure["action"] for failure in seen.verdict["rules"][0]["failed"]] == ["1/signal"]
