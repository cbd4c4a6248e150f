"""What Knell may do, and what it does without a right."""

from pathlib import Path

from podbed.configuration import asking, configuration_of, rule
from podbed.observation import Observation
from podbed.scenario import Scenario
from podbed.sidecars import NAME, USER, Knell, Sidecar
from podbed.stage import Stage


class WhenTheSidecarIsRestricted(Scenario):
    title = "the sidecar without root, capabilities and a writable root (as everywhere here; verified)"
    loop = "report"
    suits_the_loop = True

    status: dict[str, list[str]]
    root: str

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        pod = stage.usual_pod(sidecar)
        process = Path("/proc", str(pod.states()[NAME].pid))
        lines = (line.split(":", 1) for line in (process / "status").read_text().splitlines())
        self.status = {key: value.split() for key, value in lines}
        mounts = (line.split() for line in (process / "mountinfo").read_text().splitlines())
        self.root = next(fields[5] for fields in mounts if fields[4] == "/")
        pod.tell("main", 0)
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.events.one("run.started") and seen.events.one("rule.fired").has(outcome="succeeded")
        assert seen.events.one("action.succeeded").has(action="0/shutdown", status=200)
        assert self.status["Name"] == ["knell"]
        assert self.status["Uid"] == self.status["Gid"] == [str(USER)] * 4
        assert {int(self.status[key][0], 16) for key in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
        assert self.status["NoNewPrivs"] == ["1"] and self.status["Seccomp"] == ["2"]
        assert "ro" in self.root.split(",")


class WhenUsersDiffer(Scenario):
    title = "main, Envoy and the sidecar as three users: touch and request work, `signal` fails and says why"
    loop = "report"
    suits_the_loop = True
    remark = "asked for the request alone: its line touches nothing and signals nobody"
    configuration = configuration_of(
        rule(
            {"touch": "/shared/done"},
            {"signal": {"process": {"name": "^envoy$"}}},
            asking(),
            exitCode={"actionFailed": 5},
        )
    )

    def play(self, stage: Stage, sidecar: Sidecar) -> Observation:
        stage.share_a_volume()
        pod = stage.usual_pod(sidecar, stage.main(user=1000), stage.proxy(user=1337))
        pod.tell("main", 0)
        # 5 says that the signal has failed, which the loop does not send.
        return stage.observe(pod, sidecar, {"proxy": 0, "main": 0, "sidecar": 5 if isinstance(sidecar, Knell) else 0})

    def check(self, seen: Observation, stage: Stage) -> None:
        assert seen.events.one("target.exited").has(exitCode=0, source="pidfdInfo")
        assert [event["action"] for event in seen.events.of("action.succeeded")] == ["0/touch", "2/http"]
        assert (stage.shared / "done").stat().st_uid == USER
        failure = seen.events.one("action.failed")
        assert failure.has(action="1/signal", level="error")
        assert all(word in failure["error"] for word in ("uid 1337", f"uid {USER}", "CAP_KILL"))
        assert seen.verdict and seen.verdict["exitCode"] == 5
        assert [failure["action"] for failure in seen.verdict["rules"][0]["failed"]] == ["1/signal"]
