"""Samples of what a process holds, and whether that stays the same."""

import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Sample:
    """What a process holds at a time."""

    done: int
    descriptors: int
    threads: int
    rss: int  # KiB
    # KiB that were written to; unread pages of the executable are private, too, while no other Knell maps them.
    private: int

    @staticmethod
    def at_rest(pid: int, done: int) -> "Sample":
        """The least of some looks, for the sockets of the last requests are closed a moment later."""
        samples = []
        for _ in range(10):
            samples.append(Sample._now(pid, done))
            time.sleep(0.005)
        return min(samples, key=lambda it: it.descriptors)

    @staticmethod
    def _now(pid: int, done: int) -> "Sample":
        base = Path(f"/proc/{pid}")
        sizes = dict.fromkeys(("Rss", "Private_Dirty"), 0)
        for line in (base / "smaps_rollup").read_text().splitlines():
            key = line.partition(":")[0]
            if key in sizes:
                sizes[key] = int(line.split()[1])
        return Sample(
            done,
            len(list((base / "fd").iterdir())),
            len(list((base / "task").iterdir())),
            sizes["Rss"],
            sizes["Private_Dirty"],
        )


def growth(samples: list[Sample], memory_bound: int) -> list[str]:
    """In what the later half of the samples is above the earlier one, by more than chance.

    A socket may still be open at a look, so it is the least of each half that must not grow: a leak raises it. Of
    private memory it is the median, by at most `memory_bound` KiB.
    """
    half = len(samples) // 2
    early, late = samples[:half], samples[half:]
    found = []
    for name in ("descriptors", "threads"):
        before, after = min(getattr(it, name) for it in early), min(getattr(it, name) for it in late)
        if after > before:
            found.append(f"{name}: {before} at least, {after} later")
    before, after = _median(early), _median(late)
    if after > before + memory_bound:
        found.append(f"private memory: {before} KiB in the middle, {after} KiB later")
    return found


def _median(samples: list[Sample]) -> int:
    return sorted(it.private for it in samples)[len(samples) // 2]


def table(samples: list[Sample], what: str) -> str:
    """The samples as a table."""
    lines = [f"| {what} | descriptors | threads | RSS, KiB | private, KiB |", "| --- | --- | --- | --- | --- |"]
    lines += [f"| {it.done:,} | {it.descriptors} | {it.threads} | {it.rss:,} | {it.private:,} |" for it in samples]
    return "\n".join(lines)
