"""What the machine has for the suite, and what a test does where it lacks something."""

import os
from typing import NoReturn

import pytest

_REQUIRES_ALL = bool(os.environ.get("KNELL_REQUIRE_ALL"))


def lacks(what: str) -> NoReturn:
    """Leaves the test out, and the table says so; under KNELL_REQUIRE_ALL, as in CI, it fails instead."""
    if _REQUIRES_ALL:
        pytest.fail(f"{what}, and KNELL_REQUIRE_ALL is set", pytrace=False)
    pytest.skip(what)


def kernel() -> tuple[int, ...]:
    """Its version, as far as that has a meaning: (6, 15)."""
    return tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2])
