"""Thousands of cycles in one process: nothing grows."""

import time
from contextlib import ExitStack
from pathlib import Path

from support.configuration import document, post, rule
from support.endpoint import Endpoint
from support.fixtures import Judge, Keep, Tell
from support.growth import Sample, growth, table
from support.programs import FULL, Helper, Target, unique_name
from support.run import Event, Run
from support.waiting import BOUND

_RULES = 64
# A heap that is trimmed and filled again by turns goes up and down by some pages; a leak of 100 bytes a cycle would be
# 500 KiB between the halves of 10,000 cycles.
_MEMORY_BOUND = 256


def _memory_bound_of_reloads(swaps: int) -> int:
    """KiB between the halves: 64 for pages that go up and down, and some 100 bytes a reload; 256 for 2,000."""
    return 64 + 192 * swaps // 2_000


class Carousel:
    """Rules that go around side by side: the target starts, is seen, ends, and one POST follows."""

    def __init__(self, run: Run, spawner: Helper, names: dict[str, str]) -> None:
        self.run, self.spawner, self.names = run, spawner, names
        self.finished = 0
        self._seen = 0

    def turn(self, rounds: int) -> None:
        """Lets every rule go around so often, and returns when all are back at waiting."""
        left = dict.fromkeys(self.names, rounds)
        for name in self.names:
            self._order("start", name)
        deadline = time.monotonic() + BOUND
        while any(left.values()):
            assert time.monotonic() < deadline, f"{left} are left of {rounds} rounds:\n{self.run.log()}"
            events = self.run.events[self._seen :]
            self._seen += len(events)
            for event in events:
                self._take(event, left)
            assert self.run.process.poll() is None, self.run.log()
            if not events:
                time.sleep(0.001)

    def _take(self, event: Event, left: dict[str, int]) -> None:
        if event["event"] == "rule.watching":
            self._order("end", event["rule"])
        elif event["event"] == "rule.finished":
            self.finished += 1
            left[event["rule"]] -= 1
            if left[event["rule"]] > 0:
                self._order("start", event["rule"])

    def _order(self, verb: str, rule_name: str) -> None:
        self.spawner.send(f"{verb} {self.names[rule_name]}")


def test_thousands_of_cycles(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge, record_property: Keep
) -> None:
    """64 rules with `repeat: true`; every 512 cycles they all come to rest, and it is looked what Knell holds."""
    batches, rounds = 100 if FULL else 20, 8
    names = {f"rule-{number}": unique_name() for number in range(_RULES)}
    rules = [
        rule(name, target, actions=[post(endpoint.url(f"/{name}"))], repeat=True, exitCode=0)
        for name, target in names.items()
    ]
    spawner = scene.enter_context(Helper("spawner"))
    run = scene.enter_context(Run(directory, document(*rules, onTerminate="exit")))
    run.wait_for("run.started")
    carousel = Carousel(run, spawner, names)
    samples = []
    began = time.monotonic()
    for _ in range(batches):
        carousel.turn(rounds)
        samples.append(Sample.at_rest(run.pid, carousel.finished))
    cycles = carousel.finished
    assert cycles == batches * rounds * _RULES
    took = time.monotonic() - began
    run.signal(15)
    posts = endpoint.all_posts()
    judged(run, 0, 0, endpoint=endpoint, all_posts=cycles)
    assert posts == cycles == len(run.named("rule.fired"))
    assert not run.named("action.failed") and not run.named("log.dropped")
    text = table(samples, "cycles")
    record_property("samples", text)
    found = growth(samples[2:], _MEMORY_BOUND)
    assert not found, "\n".join([*found, text])
    first, last = samples[2], samples[-1]
    tell(
        f"{cycles:,} rule cycles",
        f"64 rules with `repeat: true` side by side, real processes and POSTs, {cycles / took:.0f} cycles a second",
        f"{posts:,} POSTs; descriptors {first.descriptors} and {last.descriptors}, threads {first.threads} and "
        f"{last.threads}, private memory {first.private:,} and {last.private:,} KiB after {first.done:,} and "
        f"{last.done:,} cycles",
        f"no descriptor and no thread more, {_MEMORY_BOUND} KiB",
    )


def test_thousands_of_reloads(
    directory: Path, endpoint: Endpoint, scene: ExitStack, tell: Tell, judged: Judge, record_property: Keep
) -> None:
    """Versions of a ConfigMap, laid out and swapped as a kubelet does it, each of them taken up."""
    swaps = 2_000 if FULL else 300
    main = scene.enter_context(Target())
    place = directory / "map"
    place.mkdir()

    def bring(version: int) -> None:
        """A new directory with the file, and a new link renamed over the old one; then the old directory goes."""
        data = place / f"..{version}"
        data.mkdir()
        keys = {"exitCode": "fromTarget", "actions": [post(endpoint.url())]}
        text = document(rule("r", main.name, gracePeriod=f"{version % 100 + 1}ms", **keys))
        (data / "knell.yaml").write_text(text)
        (place / "..next").symlink_to(data.name)
        (place / "..next").rename(place / "..data")
        former = place / f"..{version - 1}"
        if former.exists():
            (former / "knell.yaml").unlink()
            former.rmdir()

    bring(0)
    (place / "knell.yaml").symlink_to("..data/knell.yaml")
    run = scene.enter_context(Run(directory, "", config_path=place / "knell.yaml"))
    run.wait_for("rule.watching")
    samples = []
    for version in range(1, swaps + 1):
        bring(version)
        run.wait_for("config.reloaded", version)
        if version % (swaps // 20) == 0:
            samples.append(Sample.at_rest(run.pid, version))
    main.end(3)
    judged(run, 1, 3, endpoint=endpoint)
    assert not run.named("config.rejected")
    text = table(samples, "swaps")
    record_property("samples", text)
    bound = _memory_bound_of_reloads(swaps)
    found = growth(samples[2:], bound)
    assert not found, "\n".join([*found, text])
    first, last = samples[2], samples[-1]
    tell(
        f"{swaps:,} reloads",
        "a ConfigMap swapped as a kubelet does it, the target alive all the while",
        f"{swaps:,} times taken up, one POST at the end; descriptors {first.descriptors} and {last.descriptors}, "
        f"private memory {first.private:,} and {last.private:,} KiB after {first.done:,} and {last.done:,}",
        f"no descriptor more, {bound} KiB",
    )
