"""The harness can find fault, and does what it says."""

import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from podbed.configmap import ConfigMapVolume
from podbed.configuration import configuration_of, rule, watching
from podbed.logs import Events, Line, instant, lines
from podbed.observation import Observation, Outcome
from podbed.report import Record, summary, table
from podbed.scenario import assert_knell

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def observation(**changes: Outcome) -> Observation:
    """Main works from 0 to 10 s, Envoy ends at 11 s and the sidecar at 10.5 s, unless changes say otherwise."""
    outcomes = {
        "main": Outcome("main", 0, NOON, after(10)),
        "sidecar": Outcome("sidecar", 0, NOON, after(10.5)),
        "proxy": Outcome("proxy", 0, NOON, after(11)),
    }
    main = changes.get("main", outcomes["main"])
    expected = dict.fromkeys(outcomes, 0)
    return Observation(outcomes | changes, expected, 15, main_began=after(1), main_ended=main.finished)


def test_a_pod_that_ends_as_it_should_has_no_fault() -> None:
    assert observation().faults == []
    assert observation().delay == 1


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"proxy": Outcome("proxy", 0, NOON, after(0.5))}, ["proxy stopped before main began"]),
        ({"proxy": Outcome("proxy", 0, NOON, after(9))}, ["proxy stopped before main's end"]),
        ({"proxy": Outcome("proxy", None, NOON, None)}, ["pod not complete after 15 s: proxy still running"]),
        ({"proxy": Outcome("proxy", 137, NOON, after(20), killed=True)}, ["proxy had to be killed"]),
        ({"sidecar": Outcome("sidecar", 7, NOON, after(11))}, ["sidecar exited with 7, not 0"]),
        (
            {"main": Outcome("main", 9, NOON, after(10), restarts=4)},
            ["main restarted again and again", "main exited with 9, not 0"],
        ),
    ],
    ids=["before main began", "before main's end", "runs on", "killed", "wrong code", "restarted again and again"],
)
def test_every_fault_is_named(changes: dict[str, Outcome], faults: list[str]) -> None:
    assert observation(**changes).faults == faults


def test_a_lost_exit_status_is_called_so() -> None:
    seen = observation(main=Outcome("main", 3, NOON, after(10)))
    seen.expected = {"main": 3, "sidecar": 3, "proxy": 0}
    assert seen.faults == ["exit status lost: sidecar exited with 0, not 3"]


def log(*texts: str) -> Events:
    return Events([Line(NOON, text, "stderr") for text in texts])


def event(name: str, **keys: object) -> str:
    return json.dumps({"time": "2026-01-01T12:00:00.000Z", "level": "info", "event": name, **keys})


FINISHED = event("run.finished", exitCode=0)


def test_a_knell_that_tells_what_was_has_no_contradiction() -> None:
    seen = observation()
    seen.events, seen.verdict = log(event("run.started"), FINISHED), {"exitCode": 0}
    assert_knell(seen)


@pytest.mark.parametrize(
    ("events", "verdict", "complaint"),
    [
        (log(FINISHED), None, "no verdict in the termination log"),
        (log(FINISHED), {"exitCode": 3}, "the verdict tells 3, sidecar exited with 0"),
        (log(event("run.finished", exitCode=3)), {"exitCode": 0}, "run.finished tells [3], sidecar exited with 0"),
        (log(FINISHED, FINISHED), {"exitCode": 0}, "run.finished tells [0, 0], sidecar exited with 0"),
        (log(FINISHED, event("late")), {"exitCode": 0}, "the log ends with ['late'], not run.finished"),
        (log("Fatal error", FINISHED), {"exitCode": 0}, "not an event in the log: Fatal error"),
        (log('{"event":', FINISHED), {"exitCode": 0}, 'not an event in the log: {"event":'),
    ],
    ids=["no verdict", "its code", "the log's code", "two ends", "after the end", "no event", "half an event"],
)
def test_a_contradiction_of_knell_is_named(events: Events, verdict: dict[str, int] | None, complaint: str) -> None:
    seen = observation()
    seen.events, seen.verdict = events, verdict
    assert seen.contradictions == [complaint]
    with pytest.raises(AssertionError, match=re.escape(complaint)):
        assert_knell(seen)


def test_a_configuration_is_yaml_in_block_style() -> None:
    text = configuration_of(
        rule({"touch": "/done"}, watch=watching("^a$", until="anyEnded"), exitCode=0), onTerminate="run"
    )
    assert text.splitlines() == [
        "version: 1",
        'onTerminate: "run"',
        "rules:",
        '  - name: "stop-the-mesh"',
        "    watch:",
        "      processes:",
        '        - name: "^a$"',
        '      until: "anyEnded"',
        "    actions:",
        '      - touch: "/done"',
        "    exitCode: 0",
    ]


def test_the_table_holds_what_was_observed() -> None:
    seven = observation(sidecar=Outcome("sidecar", 7, NOON, after(12)))
    good = Record.of(observation(), 0, "a story", "Knell", passed=True)
    bad = Record.of(seven, 1, "a story", "the loop", passed=True, remark="why")
    assert table([good, bad]).splitlines()[2:] == [
        "| a story | main 0, sidecar 0, proxy 0 | 1.00 s | **sidecar exited with 7, not 0** (why) | 2.00 s |"
    ]
    assert summary([good, bad]) == "Knell: 1 of 1 pods as they should be; the loop: 0 of 1 pods as they should be"


def test_a_failed_assertion_shows_in_the_table() -> None:
    failed = Record.of(observation(), 0, "a story", "Knell", passed=False, unstated="it cannot")
    absent = Record.of(None, 1, "another", "Knell", passed=False, unstated="it cannot")
    assert table([failed, absent]).splitlines()[2:] == [
        "| a story | **not as asserted**: main 0, sidecar 0, proxy 0 | 1.00 s | cannot be asked: it cannot | – |",
        "| another | **nothing was observed** | – | cannot be asked: it cannot | – |",
    ]
    assert summary([failed, absent]).startswith("Knell: 0 of 2 pods as they should be;")


def test_a_config_map_changes_by_one_renaming(tmp_path: Path) -> None:
    volume = ConfigMapVolume(tmp_path / "volume", {"a": "1", "b": "1"})
    first = os.readlink(volume.path / "..data")
    volume.update({"a": "2", "c": "2"})
    second = os.readlink(volume.path / "..data")
    assert first != second and not (volume.path / first).exists()
    assert sorted(path.name for path in volume.path.iterdir()) == [second, "..data", "a", "c"]
    assert os.readlink(volume.path / "a") == "..data/a"
    assert (volume.path / "a").read_text() == "2"


def test_a_log_is_read_in_whole_lines(tmp_path: Path) -> None:
    log = tmp_path / "ctr.log"
    log.write_text(
        "2026-01-01T12:00:00.5+00:00 stderr P long \n"
        "2026-01-01T12:00:01+00:00 stdout F between\n"
        "2026-01-01T12:00:01.123456789+00:00 stderr F line\n"
        "2026-01-01T12:00:02+00:00 stdout F \n"
        "2026-01-01T12:00:03+00:00 stdout F not yet who"
    )
    assert lines(log) == [
        Line(after(1), "between", "stdout"),
        Line(after(1.123456), "long line", "stderr"),
        Line(after(2), "", "stdout"),
    ]
    assert instant("2026-01-01T12:00:00.25Z") == instant("2026-01-01T13:00:00.250+01:00") == after(0.25)
