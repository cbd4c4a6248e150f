"""What containers have logged, read from the files of podman's log driver, which have the kubelet's format."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

Found = TypeVar("Found")


@dataclass(frozen=True)
class Line:
    """One line, with the time at which the container's monitor has received it."""

    time: datetime
    text: str
    stream: str


def lines(path: Path) -> list[Line]:
    """All whole lines so far; `TIME STREAM F|P TEXT` each, where P begins a line that goes on."""
    if not path.exists():
        return []
    found: list[Line] = []
    begun: dict[str, str] = {}
    for raw in path.read_text(errors="replace").splitlines(keepends=True):
        parts = raw.split(" ", 3)
        if not raw.endswith("\n") or len(parts) < 4:
            continue
        time, stream, state, text = parts
        begun[stream] = begun.get(stream, "") + text.rstrip("\n")
        if state == "F":
            found.append(Line(instant(time), begun.pop(stream), stream))
    return found


def instant(text: str) -> datetime:
    """Reads RFC 3339 with any number of decimals; Python has no more than microseconds."""
    parts = re.fullmatch(r"([^.]+?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", text)
    assert parts, f"not a time of RFC 3339: {text}"
    seconds, decimals, zone = parts.groups(default="0")
    return datetime.fromisoformat(f"{seconds}.{decimals[:6]:0<6}{zone}")


@dataclass(frozen=True)
class Event:
    """One of Knell's log records."""

    keys: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.keys["event"])

    @property
    def time(self) -> datetime:
        return instant(self.keys["time"])

    def __getitem__(self, key: str) -> Any:
        return self.keys.get(key)

    def has(self, **expected: Any) -> bool:
        return all(self.keys.get(key) == value for key, value in expected.items())


class Events:
    """Knell's log, as events."""

    def __init__(self, logged: list[Line]):
        self.all: list[Event] = []
        self.other: list[str] = []
        """Lines that are no events: what Knell should not have written."""
        for line in logged:
            keys = _event(line.text)
            if keys is None:
                self.other.append(line.text)
            else:
                self.all.append(Event(keys))

    @property
    def names(self) -> list[str]:
        return [event.name for event in self.all]

    def of(self, name: str, **expected: Any) -> list[Event]:
        return [event for event in self.all if event.name == name and event.has(**expected)]

    def one(self, name: str, **expected: Any) -> Event:
        """The only event of this name with these keys."""
        found = self.of(name, **expected)
        assert len(found) == 1, f"{len(found)} events {name} {expected or ''} in {self.names}"
        return found[0]

    def __iter__(self) -> Iterator[Event]:
        return iter(self.all)


def _event(text: str) -> dict[str, Any] | None:
    try:
        keys = json.loads(text)
    except ValueError:
        return None
    return keys if isinstance(keys, dict) and {"time", "level", "event"} <= keys.keys() else None


class NotSeen(AssertionError):
    """What was waited for has not come."""


def await_that(what: str, look: Callable[[], Found | None], within: float = 60) -> Found:
    """Looks until there is something to see; a bound says when to give up."""
    deadline = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise NotSeen(f"not seen within {within:.0f} s: {what}")
        time.sleep(0.02)
