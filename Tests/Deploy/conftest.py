from __future__ import annotations

import checks
import kube
import pytest
from renderings import all_renderings, without_knell


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says how much was gone through, for docs/reliability.md."""
    renderings = [*all_renderings(), *without_knell()]
    objects = sum(len(rendering.objects) for rendering in renderings)
    pods = sum(len(list(kube.pod_specs(rendering))) for rendering in all_renderings())
    versions = ", ".join(checks.SCHEMA_VERSIONS)
    terminalreporter.write_line(
        f"{len(renderings)} renderings with {objects} objects and {pods} pods with Knell; schemas of Kubernetes {versions}"
    )


def pytest_unconfigure() -> None:
    # Not in a fixture: tests are collected from the renderings, and the summary reads them once more.
    kube.remove_charts()
