"""What every run is held against: nothing lost, nothing twice, the right code, and a log that tells the truth."""

from dataclasses import dataclass
from typing import Any

Event = dict[str, Any]

# In the life of one rule, an event comes only after all of these.
_AFTER = {
    "rule.watching": ["target.found"],
    "target.exited": ["target.found"],
    "action.started": ["rule.fired"],
    "rule.finished": ["rule.fired"],
}


@dataclass
class Record:
    """What is known of a run when it is over."""

    events: list[Event]
    other_lines: list[str]
    exit_code: int
    verdict: dict[str, Any]
    # How many POSTs the endpoint has counted.
    posts: int
    # Whether the run had a log that this suite can read.
    has_log: bool = True


def faults(record: Record, exit_code: int | None = None, posts: int | None = None) -> list[str]:
    """Everything that is wrong with a run: against what is expected, and with itself."""
    found = []
    if exit_code is not None and record.exit_code != exit_code:
        found.append(f"it exits with {record.exit_code}, not {exit_code}")
    if posts is not None and record.posts != posts:
        found.append(f"{record.posts} POSTs have come, not {posts}")
    return found + _untruths(record)


def _untruths(record: Record) -> list[str]:
    found = [f"no event: {line!r}" for line in record.other_lines]
    names = [event["event"] for event in record.events]
    if names[-1:] != ["verdict.unwritten"] and record.verdict.get("exitCode") != record.exit_code:
        found.append(f"the verdict tells of {record.verdict.get('exitCode')}, but it exits with {record.exit_code}")
    # Of what has no log, and of what is missing in a log, only the verdict tells.
    if not record.has_log or "log.dropped" in names:
        return found
    finished = [event for event in record.events if event["event"] == "run.finished"]
    if len(finished) != 1 or names[-1] not in ("run.finished", "verdict.unwritten"):
        found.append(f"the log does not end with the run: {names[-3:]}")
    elif finished[0].get("exitCode") != record.exit_code:
        found.append(f"run.finished tells of {finished[0].get('exitCode')}, but it exits with {record.exit_code}")
    found += _disorder(record.events)
    found += _wrong_counts(record)
    return found


def _disorder(events: list[Event]) -> list[str]:
    found, seen = [], set()
    for event in events:
        name, rule = event["event"], event.get("rule")
        found += [f"{name} of {rule} without {former}" for former in _AFTER.get(name, []) if (former, rule) not in seen]
        seen.add((name, rule))
    return found


def _wrong_counts(record: Record) -> list[str]:
    """The requests that the log and the verdict own up to are those that have come."""
    of_http = [event for event in record.events if str(event.get("action", "")).endswith("/http")]
    succeeded = sum(event["event"] == "action.succeeded" and "status" in event for event in of_http)
    attempts = sum(event["event"] in ("action.started", "action.retried") for event in of_http)
    found = []
    if record.posts < succeeded:
        found.append(f"the log tells of {succeeded} requests that were answered, but {record.posts} have come")
    if record.posts > attempts:
        found.append(f"{record.posts} requests have come, but the log tells of {attempts} attempts")
    not_done = [action for rule in record.verdict.get("rules", []) for action in _listed(rule.get("notDone"))]
    skipped = [event["action"] for event in record.events if str(event.get("note", "")).startswith("not done:")]
    if sorted(not_done) != sorted(skipped) and not record.verdict.get("truncated"):
        found.append(f"the verdict has not done {not_done}, the log {skipped}")
    return found


def _listed(value: object) -> list[str]:
    return value if isinstance(value, list) else []
