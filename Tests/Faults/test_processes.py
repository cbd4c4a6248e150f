"""Many processes, pids that are given away, and processes of awkward kinds."""

import json
import signal
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.configuration import CODES, document, post, rule, usual
from support.endpoint import Endpoint
from support.fixtures import Judge, Lived, Tell
from support.machine import kernel, lacks
from support.namespaces import Namespace
from support.programs import FULL, Helper, Target, unique_name
from support.run import Run
from support.waiting import BOUND, wait_until

_STRACE = ["strace", "--quiet=all", "-f", "-o", "/dev/null", "-e", "trace=pidfd_open"]


def test_five_thousand_processes_that_end_at_once(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    pod, name = scene.enter_context(Namespace("pid")), unique_name()
    crowd = scene.enter_context(Helper("crowd", 5000, name, wrapper=pod.inside))
    run = scene.enter_context(Run(directory, usual(name, endpoint.url()), wrapper=pod.inside))
    run.wait_for("rule.watching")
    found = run.named("rule.watching")[0]["came"] - run.began
    with open(f"/proc/{run.pid}/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    crowd.send("end")
    run.wait_for("run.finished")
    took = endpoint.times["/quit"][0] - run.named("target.exited")[0]["came"]
    judged(run, 1, 137, endpoint=endpoint)
    assert len(run.named("target.found")) == 5000 and len(run.named("target.exited")) == 5000
    assert len(run.named("rule.fired")) == 1 and not run.named("watch.degraded")
    statuses = len(run.named("target.exited", signal="SIGKILL"))
    tell(
        "5,000 processes",
        "sleeping processes in a PID namespace, all watched, killed at once",
        f"all latched {found:.2f} s after the start; all 5,000 ends told, {statuses} with their status; one POST "
        f"{took:.2f} s after the first; peak RSS {peak / 1024:.0f} MiB",
        "60 s",
    )


def test_five_thousand_processes_and_a_thousand_descriptors(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    pod, name = scene.enter_context(Namespace("pid")), unique_name()
    crowd = scene.enter_context(Helper("crowd", 5000, name, wrapper=pod.inside))
    run = scene.enter_context(
        Run(directory, usual(name, endpoint.url()), wrapper=[*pod.inside, "prlimit", "--nofile=1024:1024"])
    )
    run.wait_for("rule.watching")
    assert len(run.named("watch.degraded")) == 1
    crowd.send("end")
    run.wait_for("run.finished")
    judged(run, 1, run.named("run.finished")[0]["exitCode"], endpoint=endpoint)
    assert len(run.named("target.exited")) == 5000 and run.exit_code() in (137, 0)
    known = len(run.named("target.exited", signal="SIGKILL"))
    tell(
        "5,000 processes, 1,024 descriptors",
        "the same under a hard limit",
        f"the rest is polled, told once; all ends told, {known} with their status; one POST",
        "60 s",
    )


def test_a_pid_that_is_given_away_under_signals(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    """A thousand signals to a process whose pid goes to another within a clock tick, over and over; none hits that.

    strace holds every pidfd_open(2) back for a millisecond, as a throttled processor does: time enough for the pid to
    be another's between the look and the descriptor.
    """
    pod, victim, other = scene.enter_context(Namespace("pid")), unique_name(), unique_name()
    end = unique_name()
    target = scene.enter_context(Target(end, wrapper=pod.inside))
    signals = [{"signal": {"process": {"name": f"^{victim}$"}}}] * 64
    rules = [rule(f"r{number}", end, actions=signals) for number in range(20)]
    slow = [*_STRACE, "-e", "inject=pidfd_open:delay_enter=1000"]
    run = scene.enter_context(Run(directory, document(*rules), wrapper=[*pod.inside, *slow]))
    run.wait_for("rule.watching", len(rules))
    cycles = 20_000 if FULL else 2_000
    churn = scene.enter_context(Helper("churn", cycles, 4242, victim, other, wrapper=pod.inside))
    target.send(0)
    # More than a thousand times a millisecond, and three times as much for a loaded machine as otherwise.
    run.exit_code(3 * BOUND)
    judged(run, 0, 0, endpoint=endpoint)
    counts = json.loads(churn.read(10 * BOUND if FULL else BOUND))
    assert counts["missed"] < cycles / 10, counts
    attempts = len(run.named("action.succeeded"))
    assert attempts == 64 * len(rules) and counts["victim"] > 0, counts
    assert counts["other"] == 0, f"{counts}: a process was hit that was never meant"
    tell(
        "pid reuse under `signal`",
        f"{cycles:,} times a pid goes to another process and back, by ns_last_pid, within a clock tick; {attempts:,} "
        "`signal` actions for the first meanwhile, pidfd_open held back by 1 ms",
        f"{counts['victim']} reached the one that was meant, {counts['other']} the other",
        "0 for the other",
    )


class Heir(Helper):
    """A process of this name that has taken the pid of one that has ended, as far as nobody else had it."""

    def __init__(self, pod: Namespace, pid: int, name: str) -> None:
        self._wanted = pid
        script = 'exec 3<&0; echo $(($1 - 1)) >/proc/sys/kernel/ns_last_pid; shift; "$@" <&3 & echo $!; wait $!'
        super().__init__("target", name, wrapper=[*pod.inside, "/bin/sh", "-c", script, "sh", str(pid)])

    def _await_ready(self) -> None:
        # The shell's line and the helper's, whichever is first.
        lines = {self.read(), self.read()}
        assert "ready" in lines, lines
        self.has_pid = lines == {"ready", str(self._wanted)}


def _small_pod(scene: ExitStack) -> Namespace:
    """A PID namespace with a hundred pids; where the limit is the machine's, there is none."""
    if kernel() < (6, 14):
        lacks("pid_max is the machine's before Linux 6.14")
    pod = scene.enter_context(Namespace("pid"))
    pod.run("/bin/sh", "-c", "echo 400 >/proc/sys/kernel/pid_max")
    return pod


def test_a_pid_that_goes_to_another_process(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    """The watched process ends while Knell stands still, and its pid is another's when the rule acts on that end."""
    pod, name, spare = _small_pod(scene), unique_name(), unique_name()
    cycles, reused = 60 if FULL else 20, 0
    selector = {"name": f"^{name}$"}
    watched = rule(
        "r", name, repeat=True, exitCode=0, actions=[{"signal": {"process": selector}}, post(endpoint.url())]
    )
    run = scene.enter_context(Run(directory, document(watched, onTerminate="exit"), wrapper=pod.inside))
    run.wait_for("run.started")
    for cycle in range(1, cycles + 1):
        target = scene.enter_context(Target(name, wrapper=pod.inside))
        pid = run.wait_for("target.found", cycle)["pid"]
        run.wait_for("rule.watching", cycle)
        run.signal(signal.SIGSTOP)
        target.end(0)
        with Heir(pod, pid, spare) as heir:
            reused += heir.has_pid
            run.go_on()
            run.wait_for("rule.finished", cycle)
            assert heir.lives, "the process that has taken the pid was hit"
            heir.end(0)
    assert reused > cycles / 2, f"the pid was taken only {reused} times"
    run.signal(signal.SIGTERM)
    judged(run, cycles, 0, endpoint=endpoint)
    assert len(run.named("target.exited")) == cycles
    tell(
        "a pid goes to another process",
        f"`pid_max` 400 and ns_last_pid in a PID namespace, Knell stopped meanwhile, {cycles} lives",
        f"{cycles} ends, {cycles} POSTs; {reused} times another process had the pid by then, and was not signalled",
        "one POST a life",
    )


def test_a_pid_that_goes_to_another_match(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    """The pid stays in the family: each heir is a match, and nothing is done before the last one has ended."""
    pod, name = _small_pod(scene), unique_name()
    cycles, reused = 60 if FULL else 20, 0
    first = scene.enter_context(Target(name, wrapper=pod.inside))
    run = scene.enter_context(Run(directory, usual(name, endpoint.url()), wrapper=pod.inside))
    pid = run.wait_for("target.found")["pid"]
    run.wait_for("rule.watching")
    end = first.end
    for cycle in range(2, cycles + 2):
        run.signal(signal.SIGSTOP)
        end(0)
        heir = scene.enter_context(Heir(pod, pid, name))
        reused += heir.has_pid
        run.go_on()
        pid = run.wait_for("target.found", cycle)["pid"]
        assert endpoint.posts() == 0
        end = heir.end
    assert reused > cycles / 2, f"the pid was taken only {reused} times"
    end(3)
    judged(run, 1, 3, endpoint=endpoint)
    tell(
        "a pid goes to another match",
        f"the same, and the heir has the watched name, {cycles} times",
        f"each was told as another process, {reused} with the same pid; one POST after the last, with its code",
        "one POST",
    )


def test_a_target_that_ends_between_the_look_and_its_pidfd(
    directory: Path, endpoint: Endpoint, main: Target, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    """Every pidfd_open(2) is held back by strace until the process has ended, and a good while longer."""
    slow = [*_STRACE, "-e", "inject=pidfd_open:delay_enter=3s"]
    run = scene.enter_context(Run(directory, usual(main.name, endpoint.url()), wrapper=slow))
    wait_until("the held-back call", lambda: _is_in_call(run, 434))
    main.end(3)
    judged(run, 1, 0, endpoint=endpoint)
    assert run.named("target.exited", source="none"), run.log()
    tell(
        "the target ends between the look and pidfd_open",
        "strace holds pidfd_open(2) back for 3 s",
        "its end counts, status and outcome `unknown`, one POST",
        "60 s",
    )


def _is_in_call(run: Run, number: int) -> bool:
    """Whether Knell has a system call of this number on its way; strace(1) stops it as it begins."""
    with open(f"/proc/{run.pid}/syscall") as file:
        return file.read().split()[0] == str(number)


@pytest.mark.parametrize("matching", [False, True], ids=["other names", "matching names"])
def test_a_storm_of_short_lived_processes(
    matching: bool, directory: Path, endpoint: Endpoint, main: Target, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    pod = scene.enter_context(Namespace("pid"))
    storm_name, seconds = unique_name(), 20 if FULL else 4
    names = [main.name, storm_name] if matching else [main.name]
    watched = rule(
        "r",
        *names,
        gracePeriod="300ms",
        watch={"until": "allEnded"},
        actions=[post(endpoint.url())],
        exitCode=CODES | {"ended": 3},
    )
    storm = scene.enter_context(Helper("storm", storm_name, seconds * 1000, wrapper=pod.inside))
    run = scene.enter_context(Run(directory, document(watched)))
    # Where the storm is a target itself, the other one ends in the midst of it.
    run.wait_for("rule.watching")
    main.end(0)
    storm.send("enough")
    judged(run, 1, 3, endpoint=endpoint)
    count = int(storm.read())
    assert len(run.named("rule.fired")) == 1
    seen = len(run.named("target.found", target=1))
    tell(
        f"a fork storm, {'matching' if matching else 'other'} names",
        f"{count:,} processes in {seconds} s and more that end at once, in a PID namespace below",
        f"one POST{f'; {seen} of them were seen' if matching else ''}",
        "60 s",
    )


def _orphan(pod: Namespace, scene: ExitStack) -> Target:
    """A target whose parent, a sleep(1) by now, never reaps it."""
    script = 'exec 3<&0; "$@" <&3 & exec sleep 1000'
    return scene.enter_context(Target(wrapper=[*pod.inside, "/bin/sh", "-c", script, "sh"]))


def test_a_target_that_nobody_reaps(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    main = _orphan(scene.enter_context(Namespace("pid")), scene)
    run = scene.enter_context(Run(directory, usual(main.name, endpoint.url())))
    run.wait_for("rule.watching")
    main.send(3)
    judged(run, 1, 3, endpoint=endpoint)
    source = run.named("target.exited")[0]["source"]
    tell(
        "a target that nobody reaps", "its parent sleeps", f"the zombie counts as ended, its code by `{source}`", "60 s"
    )


def test_a_zombie_from_before(directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge) -> None:
    pod = scene.enter_context(Namespace("pid"))
    main = _orphan(pod, scene)
    main.send(3)
    stats = ("/bin/sh", "-c", "cat /proc/[0-9]*/stat 2>/dev/null; :")
    wait_until("the zombie", lambda: f"({main.name}) Z" in pod.run(*stats))
    run = scene.enter_context(Run(directory, usual(main.name, endpoint.url(), watch={"startTimeout": "1s"})))
    judged(run, 1, 4, endpoint=endpoint)
    assert not run.named("target.found")
    happened = "never matched; `startTimeout` decides, outcome `notStarted`"
    tell("a zombie from before", "the target is a zombie before Knell starts", happened, "60 s")


def test_a_target_in_a_namespace_below(endpoint: Endpoint, scene: ExitStack, lived: Lived, tell: Tell) -> None:
    pod = scene.enter_context(Namespace("pid"))
    main = scene.enter_context(Target(wrapper=pod.inside))
    lived(usual(main.name, endpoint.url()), target=main)
    tell(
        "a target in a PID namespace below",
        "unshare(1) under Knell's own namespace",
        "watched as any other, one POST, its own code",
        "60 s",
    )


def test_a_target_that_is_killed_with_its_whole_namespace(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    """As the out-of-memory killer does it to a container: the first process is killed, and everybody goes with it."""
    pod = scene.enter_context(Namespace("pid"))
    main = scene.enter_context(Target(wrapper=pod.inside))
    run = scene.enter_context(Run(directory, usual(main.name, endpoint.url())))
    run.wait_for("rule.watching")
    pod.close()
    judged(run, 1, 137, endpoint=endpoint)
    tell(
        "the target's container is killed", "SIGKILL to the first process of its PID namespace", "one POST, 137", "60 s"
    )
