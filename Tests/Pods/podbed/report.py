"""Records of what was observed, and the table that is made of them."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from .machine import SCRATCH
from .observation import Observation
from .sidecars import PAUSE

RECORDS = SCRATCH / "records"


@dataclass(frozen=True)
class Record:
    """What one test has seen."""

    order: int
    title: str
    label: str
    passed: bool
    unstated: str
    remark: str
    faults: list[str]
    codes: dict[str, int | None]
    delay: float | None
    observed: bool

    @classmethod
    def of(
        cls,
        seen: Observation | None,
        order: int,
        title: str,
        label: str,
        passed: bool,
        unstated: str = "",
        remark: str = "",
    ) -> "Record":
        if seen is None:
            return cls(order, title, label, passed, unstated, remark, [], {}, None, observed=False)
        return cls(order, title, label, passed, unstated, remark, seen.faults, seen.codes, seen.delay, observed=True)

    def write(self) -> None:
        RECORDS.mkdir(exist_ok=True)
        (RECORDS / f"{self.order:04}.json").write_text(json.dumps(asdict(self)))

    @property
    def good(self) -> bool:
        """Whether the pod ended as it should, and its test passed."""
        return self.observed and self.passed and not self.faults

    @property
    def result(self) -> str:
        codes = ", ".join(f"{name} {code}" for name, code in self.codes.items())
        if self.faults:
            return "**" + "; ".join(self.faults) + "**"
        if not self.observed:
            return "**nothing was observed**"
        return codes if self.passed else f"**not as asserted**: {codes}"

    @property
    def time(self) -> str:
        return "–" if self.delay is None else f"{self.delay:.2f} s"


def records() -> list[Record]:
    return [Record(**json.loads(path.read_text())) for path in sorted(RECORDS.glob("*.json"))]


def table(found: Iterable[Record]) -> str:
    """The table of docs/reliability.md: one row a scenario, and what both sidecars came to."""
    rows: dict[str, dict[str, Record]] = {}
    for record in found:
        rows.setdefault(record.title, {})[record.label] = record
    text = [
        "| scenario | Knell: exit codes | from main's end "
        f"| the loop, `sleep {PAUSE}`: exit codes, or what failed | from main's end |",
        "| --- | --- | --- | --- | --- |",
    ]
    for title, sides in rows.items():
        knell, loop = sides.get("Knell"), sides.get("the loop")
        cells = [title, *(_cells(knell) if knell else ("not run", "–"))]
        if loop:
            result, time = _cells(loop)
            cells += [f"{result} ({loop.remark})" if loop.remark else result, time]
        else:
            cells += (f"cannot be asked: {knell.unstated}" if knell and knell.unstated else "not run", "–")
        text.append("| " + " | ".join(cells) + " |")
    return "\n".join(text)


def _cells(record: Record) -> tuple[str, str]:
    return record.result, record.time


def summary(found: Iterable[Record]) -> str:
    """One line: how many pods ended as they should."""
    counts = []
    everything = list(found)
    for label in ("Knell", "the loop"):
        own = [record for record in everything if record.label == label]
        counts.append(f"{label}: {sum(record.good for record in own)} of {len(own)} pods as they should be")
    return "; ".join(counts)
