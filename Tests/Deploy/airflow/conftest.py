"""Gives Airflow a home of its own before anything imports it."""

from __future__ import annotations

import os
import tempfile

_home = tempfile.TemporaryDirectory(prefix="knell-airflow-")
os.environ["AIRFLOW_HOME"] = _home.name
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"


def pytest_unconfigure() -> None:
    _home.cleanup()
