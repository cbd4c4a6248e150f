"""podman's command line, with bounds."""

import subprocess
from collections.abc import Sequence
from pathlib import Path


class PodmanError(Exception):
    """podman failed, with its own words."""


class PodmanTimeout(PodmanError):
    """podman took longer than it was given."""


def podman(*arguments: str | Path, within: float = 120, text: str | None = None, store: Path | None = None) -> str:
    """Runs podman and returns its standard output; `store` is another place of images than the run's own."""
    place = ["--root", str(store), "--runroot", "/run/containers/building"] if store else []
    done = _run(["podman", *place, *map(str, arguments)], within, text=text)
    if done.returncode != 0:
        raise PodmanError(f"exit code {done.returncode}: {shown(done.args)}\n{done.stderr.strip()}")
    return done.stdout


def code_of(*arguments: str, within: float = 60) -> tuple[int, str]:
    """Runs podman and returns its exit code and all of its output, for commands whose failure is an answer."""
    done = _run(["podman", *arguments], within, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def _run(
    command: list[str], within: float, text: str | None = None, stderr: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, input=text, stdout=subprocess.PIPE, stderr=stderr, text=True, timeout=within, check=False
        )
    except subprocess.TimeoutExpired:
        raise PodmanTimeout(f"not done within {within:.0f} s: {shown(command)}") from None


def shown(command: Sequence[str]) -> str:
    """The command for a message: long arguments, such as scripts, are cut."""
    return " ".join(word if len(word) < 80 else word[:77] + "…" for word in command)
