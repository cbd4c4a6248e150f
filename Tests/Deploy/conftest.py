from __future__ import annotations

from collections.abc import Iterator

import kube
import pytest


@pytest.fixture(scope="session", autouse=True)
def charts_are_removed() -> Iterator[None]:
    yield
    kube.remove_charts()
