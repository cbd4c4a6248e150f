"""Fixtures and hooks: a stage for every scenario, and a record of every pod."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest

from podbed.machine import Ledger
from podbed.report import Record
from podbed.scenario import Scenario
from podbed.stage import Stage

ORDER = pytest.StashKey[int]()
CHAPTERS = (
    "main",
    "start_and_stop",
    "several",
    "proxy",
    "rights",
    "configuration",
    "namespace",
    "long_lived",
    "harness",
)
"""The modules, in the order of the table."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: CHAPTERS.index(item.path.stem.removeprefix("test_")))
    for place, item in enumerate(items):
        item.stash[ORDER] = place


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    run = os.environ["KNELL_PODS_RUN"]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", request.node.parent.name.removeprefix("When")).lower()
    side = request.node.name.removeprefix("test_")
    stage = Stage(f"{side}-{request.node.stash[ORDER]}-{words}", run, Ledger(run))
    yield stage
    stage.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report: pytest.TestReport = yield
    stage = getattr(item, "funcargs", {}).get("stage")
    if report.when == "call" and isinstance(stage, Stage) and isinstance(item, pytest.Function):
        scenario = item.cls
        assert scenario is not None and issubclass(scenario, Scenario)
        label = {"test_knell": "Knell", "test_loop": "the loop"}[item.name]
        remark = scenario.remark if label == "the loop" else ""
        Record.of(
            stage.seen, item.stash[ORDER], scenario.title, label, report.passed, scenario.unstated, remark
        ).write()
        if not report.passed:
            report.sections += stage.account()
    return report
